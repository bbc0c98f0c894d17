package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/**
 * A broker and the services that this process started. They stop in this order: services, then the broker. They end with
 * this process, however it ends. Thread-safe, so that a shutdown hook can close it at any time.
 */
public final class Processes implements AutoCloseable {
    private static final Duration UNTIL_READY = Duration.ofMinutes(2);

    private final Path kafka;
    private final Path logs;
    private final List<Service> services = new ArrayList<>();
    private @Nullable LocalBroker broker;
    private boolean closed;

    /**
     * Starts nothing yet.
     *
     * @param kafka folder of the broker
     * @param logs folder, which is there, of the logs of the services
     */
    public Processes(Path kafka, Path logs) {
        this.kafka = kafka;
        this.logs = logs;
    }

    /** Starts the broker, and waits until it is ready; the first thing to start. */
    public void startBroker(int port) {
        try {
            var unused = spawnBroker(port).awaitReady();
        } catch (UncheckedIOException failed) {
            throw new UserError(String.valueOf(failed.getMessage()));
        }
    }

    private synchronized LocalBroker spawnBroker(int port) {
        mustBeOpen();
        LocalBroker started = LocalBroker.spawn(port, kafka);
        broker = started;
        return started;
    }

    /** Starts a service, and does not wait for it. */
    public synchronized void start(Launch launch) {
        mustBeOpen();
        services.add(Service.start(launch, logs));
    }

    private void mustBeOpen() {
        if (closed) {
            throw new UserError("stopped while it started");
        }
    }

    /** Where clients find the broker. */
    public synchronized String bootstrapServers() {
        if (broker == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return broker.bootstrapServers();
    }

    /** Waits until every service is ready; fails, in one line, if one of them ends or takes too long. */
    public void awaitReady() {
        long begun = System.nanoTime();
        while (!started().stream().allMatch(Service::isReady)) {
            mustBeAlive();
            if (System.nanoTime() - begun > UNTIL_READY.toNanos()) {
                throw new UserError("not ready after " + UNTIL_READY.toSeconds() + " s: "
                        + started().stream().map(Service::standing).collect(Collectors.joining(", ")) + "; logs are in "
                        + logs);
            }
            LocalSystem.pause(200);
        }
    }

    private synchronized List<Service> started() {
        return List.copyOf(services);
    }

    /** Fails, in one line, if one of them ended by itself: which, and where to read why. */
    public synchronized void mustBeAlive() {
        Optional<String> ended = broker != null && !broker.isAlive()
                ? Optional.of("the broker ended: see " + broker.log())
                : services.stream()
                        .filter(service -> !service.isAlive())
                        .findFirst()
                        .map(Service::obituary);
        ended.ifPresent(who -> {
            throw new UserError(who);
        });
    }

    /** CPU time that each of them has taken so far, by its name; the broker first. */
    public synchronized Map<String, Duration> cpuTimes() {
        Map<String, Duration> times = new LinkedHashMap<>();
        if (broker != null) {
            times.put("broker", cpuTime(ProcessHandle.of(broker.pid()).stream()));
        }
        services.forEach(service -> times.put(service.name(), service.cpuTime()));
        return times;
    }

    /** Summed up; what has ended counts for nothing. */
    static Duration cpuTime(Stream<ProcessHandle> processes) {
        return processes
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Memory that each service has now, in bytes, by its name. */
    public synchronized Map<String, Long> residentBytes() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        services.forEach(service -> bytes.put(service.name(), service.residentBytes()));
        return bytes;
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        services.forEach(Service::stop);
        try {
            for (Service service : services) {
                service.awaitStopped();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (broker != null) {
            broker.close();
        }
    }
}
