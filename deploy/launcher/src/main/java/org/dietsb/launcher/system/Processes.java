package org.dietsb.launcher.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
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
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * A broker and the services that this process started. Services stop before the broker. All of them end with this process,
 * even if it is killed. Thread-safe, so that a shutdown hook can close it at any time.
 */
public final class Processes implements AutoCloseable {
    private static final Duration UNTIL_READY = Duration.ofMinutes(2);

    private final Path kafka;
    private final Path logs;
    private final @Nullable String login;
    private final List<ServiceProcess> services = new ArrayList<>();
    private @Nullable LocalBroker broker;
    private boolean closed;

    /**
     * Creates the registry; starts nothing yet.
     *
     * @param kafka folder of the broker
     * @param logs existing folder for the logs of the services
     */
    public Processes(Path kafka, Path logs) {
        this(kafka, logs, null);
    }

    /**
     * Creates the registry; starts nothing yet.
     *
     * @param login JAAS line of the only user that the broker admits; null = it admits everyone
     */
    Processes(Path kafka, Path logs, @Nullable String login) {
        this.kafka = kafka;
        this.logs = logs;
        this.login = login;
    }

    /** Starts the broker and waits until it is ready. */
    public void startBroker(int port) {
        spawnBroker(port);
        awaitBroker();
    }

    /** Starts the broker and does not wait until it is ready. Services may be started meanwhile: they wait for it. */
    synchronized void spawnBroker(int port) {
        mustBeOpen();
        broker = LocalBroker.spawn(port, kafka, null, login);
    }

    /** Waits until the broker is ready. Fails, in one line, if it ends before. */
    void awaitBroker() {
        try {
            var unused = broker().awaitReady();
        } catch (UncheckedIOException failed) {
            throw new UserError(String.valueOf(failed.getMessage()));
        }
    }

    private synchronized LocalBroker broker() {
        if (broker == null) {
            throw new IllegalStateException("the broker is not started");
        }
        return broker;
    }

    /** Starts a service and does not wait until it is ready. */
    public synchronized void start(Launch launch) {
        mustBeOpen();
        services.add(ServiceProcess.start(launch, logs));
    }

    /** Starts an ended service again. */
    synchronized void restart(ServiceProcess ended) {
        mustBeOpen();
        ended.close();
        services.set(services.indexOf(ended), ServiceProcess.start(ended.launch(), logs));
    }

    synchronized void mustBeOpen() {
        if (closed) {
            throw new UserError("stopped during start-up");
        }
    }

    public synchronized String bootstrapServers() {
        return broker().bootstrapServers();
    }

    /** Waits until every service is ready. Fails, in one line, if one of them ends or takes too long. */
    public void awaitReady() {
        long begun = System.nanoTime();
        while (!started().stream().allMatch(ServiceProcess::isReady)) {
            mustBeAlive();
            if (System.nanoTime() - begun > UNTIL_READY.toNanos()) {
                throw new UserError("not ready after " + UNTIL_READY.toSeconds() + " s: "
                        + started().stream().map(ServiceProcess::standing).collect(Collectors.joining(", "))
                        + "; logs are in "
                        + logs);
            }
            LocalSystem.pause(200);
        }
    }

    /** Returns the services, each as its latest process. */
    synchronized List<ServiceProcess> started() {
        return List.copyOf(services);
    }

    /** Fails, in one line, if one of the processes has ended, and names its log. */
    public synchronized void mustBeAlive() {
        brokersObituary()
                .or(() -> services.stream()
                        .filter(service -> !service.isAlive())
                        .findFirst()
                        .map(ServiceProcess::obituary))
                .ifPresent(who -> {
                    throw new UserError(who);
                });
    }

    /** Reports that the broker ended, and where to find the reason; empty if it lives. */
    synchronized Optional<String> brokersObituary() {
        return Optional.ofNullable(broker)
                .filter(started -> !started.isAlive())
                .map(ended -> "the broker ended: see " + ended.log());
    }

    /** Returns the CPU time of each process so far, by name, the broker first. */
    public synchronized Map<String, Duration> cpuTimes() {
        Map<String, Duration> times = new LinkedHashMap<>();
        if (broker != null) {
            times.put("broker", cpuTime(ProcessHandle.of(broker.pid()).stream()));
        }
        services.forEach(service -> times.put(service.name(), service.cpuTime()));
        return times;
    }

    /** Returns the total CPU time; processes that have ended count as 0. */
    public static Duration cpuTime(Stream<ProcessHandle> processes) {
        return processes
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Returns the total resident memory in bytes; processes that have ended count as 0. */
    public static long residentBytes(Stream<ProcessHandle> processes) {
        return processes.mapToLong(Processes::residentBytes).sum();
    }

    private static long residentBytes(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException | UncheckedIOException gone) {
            return 0;
        }
    }

    /** Returns the resident memory of each service in bytes, by name. */
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
        services.forEach(ServiceProcess::stop);
        try {
            for (ServiceProcess service : services) {
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
