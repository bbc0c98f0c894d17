package org.dietsb.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.Processes;

/**
 * A broker, and what a benchmark starts beside it: on ports that were free and in a temporary folder. All of it is gone
 * when this is closed, and at Ctrl-C and SIGTERM.
 */
final class PrivateSystem implements AutoCloseable {
    private final Path folder;
    private final Processes processes;
    private final Thread atExit = new Thread(this::stop, "stop-bench-system");
    private boolean stopped;

    private PrivateSystem(Path folder) {
        this.folder = folder;
        this.processes = new Processes(folder.resolve("kafka"), folder);
    }

    /** With a broker, ready, and nothing else yet. */
    static PrivateSystem start() {
        try {
            PrivateSystem system = new PrivateSystem(Files.createTempDirectory("dietsb-bench"));
            Runtime.getRuntime().addShutdownHook(system.atExit);
            try {
                system.processes.startBroker(LocalBroker.freePort());
            } catch (RuntimeException failed) {
                system.close();
                throw failed;
            }
            return system;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String bootstrapServers() {
        return processes.bootstrapServers();
    }

    /**
     * Starts a selector, and does not wait for it.
     *
     * @param name of the process; a second selector needs another
     * @param settings such as {@code -Ddietsb.selector.largest-batch=4096}
     */
    void startSelector(String name, String... settings) {
        startSelector(name, 384, settings);
    }

    /** The same with a heap of so many MiB. */
    void startSelector(String name, int heap, String... settings) {
        try {
            processes.start(
                    Launch.service("selector", LocalBroker.freePort(), List.of("-Xmx" + heap + "m"), bootstrapServers())
                            .as(name, settings));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts a program of this class path, and does not wait for it. */
    void startProgram(String name, Class<?> main, List<String> arguments) {
        processes.start(Launch.program(name, main, arguments));
    }

    /** Waits until all selectors are ready. */
    void awaitReady() {
        processes.awaitReady();
    }

    /** Fails, in one line, if a process of it ended by itself. */
    void mustBeAlive() {
        processes.mustBeAlive();
    }

    /** CPU time taken so far by each process, by its name; {@code bench} is this one. */
    Map<String, Duration> cpuTimes() {
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("bench", ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO));
        times.putAll(processes.cpuTimes());
        return times;
    }

    /** Memory that each service has now, in bytes, by its name. */
    Map<String, Long> residentBytes() {
        return processes.residentBytes();
    }

    @Override
    public void close() {
        stop();
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // It is the hook, or waits for it.
        }
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        processes.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
