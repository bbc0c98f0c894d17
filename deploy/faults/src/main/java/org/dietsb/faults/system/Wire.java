package org.dietsb.faults.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy on loopback for one service's connections to the broker, so that these can be cut. Thread-safe. */
final class Wire implements AutoCloseable {
    private static final int CONNECT_MILLIS = 5_000;

    private final ServerSocket entrance;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;

    /** Forwards connections from a free port to this port. */
    Wire(int target) {
        this.target = target;
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        inBackground("wire-to-" + target, this::accept);
    }

    /** Returns the port that it accepts connections on. */
    int port() {
        return entrance.getLocalPort();
    }

    /** Drops all connections, and every new one at once. */
    void cut() {
        cut = true;
        sockets.forEach(Wire::close);
    }

    /** Accepts connections again. */
    void mend() {
        cut = false;
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                connect(entrance.accept());
            } catch (IOException closed) {
                // The wire is closed, or the client has gone.
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
            // One end has gone, and so has the connection.
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
            // Closed already.
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
