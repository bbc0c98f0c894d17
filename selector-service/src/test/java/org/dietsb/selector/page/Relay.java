package org.dietsb.selector.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Passes connections on to a server on this machine, until it is cut. */
final class Relay implements AutoCloseable {
    private final int target;
    private final List<Socket> sockets = new ArrayList<>();
    private ServerSocket server;

    Relay(int target) throws IOException {
        this.target = target;
        this.server = listening(0);
    }

    int port() {
        return server.getLocalPort();
    }

    private ServerSocket listening(int port) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        daemon(() -> {
            while (true) {
                pass(listening.accept());
            }
        });
        return listening;
    }

    private void pass(Socket client) throws IOException {
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        synchronized (sockets) {
            sockets.add(client);
            sockets.add(to);
        }
        daemon(() -> copy(client, to));
        daemon(() -> copy(to, client));
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException ended) {
                        // One of the two sides is gone.
                    }
                },
                "relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** Ends every connection, and accepts none. */
    void cut() throws IOException {
        server.close();
        synchronized (sockets) {
            for (Socket socket : sockets) {
                socket.close();
            }
            sockets.clear();
        }
    }

    /** Accepts connections again, on the same port. */
    void mend() throws IOException {
        server = listening(server.getLocalPort());
    }

    @Override
    public void close() {
        try {
            cut();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
