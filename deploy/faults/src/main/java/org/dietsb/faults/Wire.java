package org.dietsb.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What one part's connections to the broker go through, on loopback, so that they can be cut. Thread-safe. */
final class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket entrance;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** Leads to this port, from one that was free. */
    Wire(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        inBackground("wire-to-" + target, this::accept);
    }

    /** Where it begins. */
    int port() {
        return entrance.getLocalPort();
    }

    /** Drops all connections, and each new one at once. */
    void cut() {
        cut = true;
        sockets.forEach(Wire::close);
    }

    /** Takes connections again. */
    void mend() {
        cut = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                connect(entrance.accept());
            } catch (IOException closed) {
                // It is closed, or the one who wanted in is gone.
            }
        }
    }

    private void connect(Socket near) {
        Socket far = new Socket();
        sockets.add(near);
        sockets.add(far);
        try {
            far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
        } catch (IOException away) {
            drop(near, far);
            return;
        }
        if (cut) {
            drop(near, far);
            return;
        }
        inBackground("wire-out", () -> pump(near, far));
        inBackground("wire-in", () -> pump(far, near));
    }

    private void pump(Socket from, Socket to) {
        try {
            var unused = from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException broken) {
            // One of the two is gone: so is the connection.
        } finally {
            drop(from, to);
        }
    }

    private void drop(Socket one, Socket other) {
        close(one);
        close(other);
        sockets.remove(one);
        sockets.remove(other);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException closed) {
            // As it should be.
        }
    }

    private static void inBackground(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } finally {
            cut();
        }
    }
}
