package org.dietsb.faults.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/**
 * The broker, in a folder that outlives its processes. It has a port for the harness, and one for each service, to which it
 * refers the clients of that service back through their {@link Wire}.
 */
public final class BrokerPart extends Part {
    private static final int READY_SECONDS = 60;
    private static final String HOST = "://127.0.0.1:";

    private final int port;
    private final Path folder;
    private final Path settings;
    private final Map<String, Wire> wires = new LinkedHashMap<>();
    private volatile @Nullable LocalBroker broker;
    private volatile boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param folder for the broker alone
     * @param services names of the services that connect to it
     */
    BrokerPart(Path folder, Collection<String> services) throws IOException {
        this.port = LocalBroker.freePort();
        this.folder = folder.resolve("kafka");
        this.settings = folder.resolve("broker.properties");
        int controller = LocalBroker.freePort();
        List<String> listeners = new ArrayList<>(List.of("CONTROLLER" + HOST + controller, "PLAINTEXT" + HOST + port));
        List<String> advertised = new ArrayList<>(List.of("PLAINTEXT" + HOST + port));
        List<String> protocols = new ArrayList<>(List.of("CONTROLLER:PLAINTEXT", "PLAINTEXT:PLAINTEXT"));
        for (String service : services) {
            int itsPort = LocalBroker.freePort();
            Wire wire = new Wire(itsPort);
            wires.put(service, wire);
            String listener = service.toUpperCase(Locale.ROOT);
            listeners.add(listener + HOST + itsPort);
            advertised.add(listener + HOST + wire.port());
            protocols.add(listener + ":PLAINTEXT");
        }
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

    /** Returns the address for the harness. */
    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Returns the wire between a service and the broker. */
    Wire wire(String service) {
        return Objects.requireNonNull(wires.get(service));
    }

    @Override
    Collection<Wire> wires() {
        return wires.values();
    }

    @Override
    public String name() {
        return "broker";
    }

    /** Waits until it is ready. */
    @Override
    public void start() {
        LocalBroker started = LocalBroker.spawn(port, folder, settings);
        broker = started;
        if (closed) {
            started.close();
            throw new IllegalStateException("stopped while it started");
        }
        try {
            var unused = CompletableFuture.supplyAsync(started::awaitReady)
                    .orTimeout(READY_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException failed) {
            throw new IllegalStateException(
                    "the broker is not ready within " + READY_SECONDS + " s, see " + started.log() + ": "
                            + failed.getCause(),
                    failed);
        }
    }

    @Override
    public boolean isAlive() {
        LocalBroker now = broker;
        return now != null && now.isAlive();
    }

    @Override
    public boolean isReady() {
        return isAlive() && !isStopped() && !isCut();
    }

    @Override
    public OptionalLong pid() {
        LocalBroker now = broker;
        return now == null ? OptionalLong.empty() : OptionalLong.of(now.pid());
    }

    /** Waits until it has ended. */
    @Override
    public void kill() {
        pid().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        }));
    }

    /** Waits until it has ended. */
    @Override
    void terminate() {
        LocalBroker now = broker;
        if (now != null) {
            now.close();
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
