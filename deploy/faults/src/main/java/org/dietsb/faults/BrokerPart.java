package org.dietsb.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/** The broker, in a folder that outlives each of its processes. One thread, but for closing. */
final class BrokerPart implements AutoCloseable {
    private static final Duration UNTIL_READY = Duration.ofSeconds(60);

    private final int port;
    private final Path folder;
    private volatile @Nullable LocalBroker broker;
    private volatile boolean closed;

    BrokerPart(int port, Path folder) {
        this.port = port;
        this.folder = folder;
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts it, and waits until it is ready. */
    void start() {
        LocalBroker started = LocalBroker.spawn(port, folder);
        broker = started;
        if (closed) {
            started.close();
            throw new IllegalStateException("stopped while it started");
        }
        try {
            var unused =
                    CompletableFuture.supplyAsync(started::awaitReady).get(UNTIL_READY.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IllegalStateException(
                    "waited " + UNTIL_READY.toSeconds() + " s for the broker to be ready: see " + started.log(), late);
        } catch (ExecutionException failed) {
            throw new IllegalStateException(
                    String.valueOf(
                            failed.getCause() == null
                                    ? failed
                                    : failed.getCause().getMessage()),
                    failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    boolean isAlive() {
        LocalBroker now = broker;
        return now != null && now.isAlive();
    }

    /** kill -9. */
    void kill() {
        LocalBroker now = broker;
        if (now != null) {
            ProcessHandle.of(now.pid()).ifPresent(process -> {
                process.destroyForcibly();
                process.onExit().join();
            });
        }
    }

    /** Asks it to end, and waits until it has. */
    void terminate() {
        LocalBroker now = broker;
        if (now != null) {
            now.close();
        }
    }

    void stop() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        LocalBroker now = broker;
        if (now != null) {
            Part.signal(name, now.pid());
        }
    }

    @Override
    public void close() {
        closed = true;
        if (isAlive()) {
            kill();
        }
    }
}
