package org.dietsb.bench.start;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Processes;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Build;
import org.dietsb.testbed.TemporarySystem;
import org.jspecify.annotations.Nullable;

/** Starts and stops {@code dietsb up} of one build, each time in the same home folder. */
final class SystemOfBuild extends TemporarySystem {
    private static final List<String> SERVICES = List.of("trainer", "selector", "scorer");
    private static final int STOP_SECONDS = 120;

    private final Build build;
    private volatile @Nullable Process running;

    SystemOfBuild(Build build) {
        super("dietsb-bench");
        this.build = build;
        closeAtExit();
    }

    /**
     * Figures of one start and stop.
     *
     * @param ready seconds from the start of the command until it reports that the system is ready
     * @param stop seconds from SIGTERM until the command has ended
     * @param cpu seconds of all processes, the command included, until the system was idle
     * @param resident bytes of the broker and the services, which are idle
     */
    record Figures(double ready, double stop, double cpu, long resident) {}

    /**
     * Starts the system, lets it be idle, and stops it.
     *
     * @throws UserError in one line, if it does not start
     */
    Figures measured(Duration idle) throws InterruptedException {
        try {
            long begun = System.nanoTime();
            Process command = start();
            awaitReady(command);
            double ready = since(begun);
            Thread.sleep(idle.toMillis());
            double cpu = Processes.cpuTime(tree(command)).toNanos() / 1e9;
            long resident = Processes.residentBytes(command.descendants());
            long stopped = System.nanoTime();
            stop();
            return new Figures(ready, since(stopped), cpu, resident);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Ddietsb.root=" + build.root(),
                        "-jar",
                        build.launcher().toString(),
                        "up",
                        "--broker-port=" + LocalBroker.freePort())
                .redirectErrorStream(true);
        for (String service : SERVICES) {
            builder.command().add("--" + service + "-port=" + LocalBroker.freePort());
            builder.command().add("--" + service + "-management-port=" + LocalBroker.freePort());
        }
        builder.environment().put("DIETSB_HOME", folder().resolve("home").toString());
        builder.environment().remove("DIETSB_TOKEN");
        Process command = builder.start();
        running = command;
        return command;
    }

    /** Reads what the command prints; what follows fits into the pipe. */
    private void awaitReady(Process command) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(command.getInputStream(), StandardCharsets.UTF_8));
        String last = "it printed nothing";
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("Ready after")) {
                return;
            }
            last = line;
        }
        throw new UserError("the system of " + build.root() + " did not start: " + last);
    }

    private static Stream<ProcessHandle> tree(Process command) {
        return Stream.concat(Stream.of(command.toHandle()), command.descendants());
    }

    private static double since(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    @Override
    protected void stop() {
        Process command = running;
        if (command == null) {
            return;
        }
        command.destroy();
        try {
            if (!command.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                command.descendants().forEach(ProcessHandle::destroyForcibly);
                command.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
