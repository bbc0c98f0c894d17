package org.dietsb.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.Processes;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.launcher.text.UserError;

/** A broker and the processes that a benchmark starts beside it, on free ports. */
public final class PrivateSystem extends TemporarySystem {
    private final Processes processes;

    private PrivateSystem() {
        super("dietsb-bench");
        processes = new Processes(folder().resolve("kafka"), folder());
    }

    /** Starts the broker, and waits until it is ready. */
    public static PrivateSystem start() {
        PrivateSystem system = new PrivateSystem();
        system.closeAtExit();
        try {
            system.processes.startBroker(freePort());
            return system;
        } catch (RuntimeException failed) {
            system.close();
            throw failed;
        }
    }

    /** Returns the broker and everything started beside it. */
    public Processes processes() {
        return processes;
    }

    public String bootstrapServers() {
        return processes.bootstrapServers();
    }

    private static int freePort() {
        try {
            return LocalBroker.freePort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    /**
     * Starts a selector without waiting for it.
     *
     * @param name of the process, unique within this system
     * @param heap in MiB
     */
    public void startSelector(String name, int heap) {
        processes.start(Launch.service("selector", freePort(), List.of("-Xmx" + heap + "m"), bootstrapServers())
                .as(name));
    }

    /**
     * How a service started.
     *
     * @param seconds until it was ready
     * @param residentBytes of its process then
     */
    public record Started(double seconds, long residentBytes) {}

    /**
     * Starts a service, waits until it is ready, and ends it.
     *
     * @param heap in MiB
     * @throws UserError if it ends, or is not ready in time
     */
    public Started startUntilReady(String name, int heap, long mostSeconds) throws InterruptedException {
        List<String> settings = new ArrayList<>(LocalBroker.FRUGAL);
        settings.add("-Xmx" + heap + "m");
        long begun = System.nanoTime();
        try (ServiceProcess service =
                ServiceProcess.start(Launch.service(name, freePort(), settings, bootstrapServers()), folder())) {
            while (!service.isReady()) {
                double waited = (System.nanoTime() - begun) / 1e9;
                if (!service.isAlive() || waited > mostSeconds) {
                    throw new UserError(
                            "the " + name + " is not ready after " + Math.round(waited) + " s: " + service.standing());
                }
                Thread.sleep(50);
            }
            return new Started((System.nanoTime() - begun) / 1e9, service.residentBytes());
        }
    }

    /** Returns the CPU time that each process has taken so far, by its name; {@code bench} is this one. */
    public Map<String, Duration> cpuTimes() {
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("bench", ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
        times.putAll(processes.cpuTimes());
        return times;
    }

    /** Returns the CPU seconds that each process has taken since then, by its name. */
    public Map<String, Double> cpuSecondsSince(Map<String, Duration> before) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        cpuTimes()
                .forEach((name, now) -> seconds.put(
                        name,
                        now.minus(before.getOrDefault(name, Duration.ZERO)).toNanos() / 1e9));
        return seconds;
    }

    /** Returns the resident memory of all services together, in bytes. */
    public long residentBytes() {
        return processes.residentBytes().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    @Override
    protected void stop() {
        processes.close();
    }
}
