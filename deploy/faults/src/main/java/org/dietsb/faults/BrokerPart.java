package org.dietsb.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/**
 * The broker, in a folder that outlives each of its processes. Beside its own port, for the harness, it has one for each part
 * of the system, to which it sends that part's clients back through their {@link Wire}. One thread, but for closing.
 */
final class BrokerPart implements AutoCloseable {
    private static final Duration UNTIL_READY = Duration.ofSeconds(60);

    private final int port;
    private final Path folder;
    private final Path settings;
    private final Map<String, Wire> wires = new LinkedHashMap<>();
    private volatile @Nullable LocalBroker broker;
    private volatile boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param folder that it has for itself
     * @param parts names of those that connect to it
     */
    BrokerPart(Path folder, List<String> parts) throws IOException {
        this.port = LocalBroker.freePort();
        this.folder = folder.resolve("kafka");
        this.settings = folder.resolve("broker.properties");
        int controller = LocalBroker.freePort();
        List<String> listeners = new ArrayList<>();
        List<String> advertised = new ArrayList<>();
        List<String> protocols = new ArrayList<>();
        listen("PLAINTEXT", port, port, listeners, advertised, protocols);
        for (String part : parts) {
            int itsPort = LocalBroker.freePort();
            Wire wire = new Wire(itsPort);
            wires.put(part, wire);
            listen(part.toUpperCase(Locale.ROOT), itsPort, wire.port(), listeners, advertised, protocols);
        }
        listeners.add("CONTROLLER://127.0.0.1:" + controller);
        protocols.add("CONTROLLER:PLAINTEXT");
        Properties properties = new Properties();
        properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
        properties.setProperty("listeners", String.join(",", listeners));
        properties.setProperty("advertised.listeners", String.join(",", advertised));
        properties.setProperty("listener.security.protocol.map", String.join(",", protocols));
        properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
        try (var out = Files.newOutputStream(settings)) {
            properties.store(out, null);
        }
    }

    private static void listen(
            String name,
            int port,
            int advertisedPort,
            List<String> listeners,
            List<String> advertised,
            List<String> protocols) {
        listeners.add(name + "://127.0.0.1:" + port);
        advertised.add(name + "://127.0.0.1:" + advertisedPort);
        protocols.add(name + ":PLAINTEXT");
    }

    /** For the harness. */
    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** For a part. */
    String bootstrapServers(String part) {
        return "127.0.0.1:" + wire(part).port();
    }

    /** What a part's connections go through. */
    Wire wire(String part) {
        return Objects.requireNonNull(wires.get(part));
    }

    Collection<Wire> wires() {
        return wires.values();
    }

    /** Starts it, and waits until it is ready. */
    void start() {
        LocalBroker started = LocalBroker.spawn(port, folder, settings);
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
        wires.values().forEach(Wire::close);
    }
}
