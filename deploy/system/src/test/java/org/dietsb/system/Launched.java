package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.Assumptions;

/** The command as a separate process in its own process group, as a shell would start it, on free ports. */
final class Launched implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** A build in the background ignores SIGINT, and so does what it starts, unless that is undone. */
    private static final List<String> FOREGROUND = List.of("env", "--default-signal=INT");

    private static final List<String> BACKGROUND = List.of("env", "--ignore-signal=INT");

    /** Options of the command's JVM, as {@code deploy/dietsb} gives them. */
    static final List<String> JAVA = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms16m");

    private final Process process;
    private final Path home;
    private final Path output;
    private final Process guard;
    private final Set<ProcessHandle> seen = new HashSet<>();

    private Launched(Process process, Path home, Path output) throws IOException {
        this.process = process;
        this.home = home;
        this.output = output;
        // If this JVM is killed, the standard input of the guard ends without a line, and the guard kills the command.
        this.guard = new ProcessBuilder("sh", "-c", "read line || kill -9 " + process.pid()).start();
    }

    /** Returns options for free ports. */
    static List<String> freePorts() {
        List<String> options = new ArrayList<>();
        try {
            for (String name : List.of(
                    "--broker-port",
                    "--trainer-port",
                    "--selector-port",
                    "--scorer-port",
                    "--trainer-management-port",
                    "--selector-management-port",
                    "--scorer-management-port")) {
                options.addAll(List.of(name, String.valueOf(LocalBroker.freePort())));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return options;
    }

    /** Skips the test, visibly, where a process that is started from here ignores Ctrl-C. */
    static void assumeCtrlC() {
        Assumptions.assumeTrue(
                foreground() == FOREGROUND || !ignoresCtrlC(),
                "SIGINT is ignored here, and env has no --default-signal");
    }

    private static boolean ignoresCtrlC() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
        } catch (IOException unknown) {
            return false;
        }
    }

    /** Returns the prefix of a command that Ctrl-C reaches; empty if there is none. */
    static List<String> foreground() {
        List<String> probe = new ArrayList<>(FOREGROUND);
        probe.add("true");
        try {
            return new ProcessBuilder(probe).start().waitFor() == 0 ? FOREGROUND : List.of();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Starts a command in the foreground of a terminal. */
    static Launched start(Path home, List<String> ports, String... arguments) {
        return start(foreground(), home, ports, arguments);
    }

    /** Starts a command as {@code command &} in a script does: it ignores Ctrl-C. */
    static Launched startInBackground(Path home, List<String> ports, String... arguments) {
        return start(BACKGROUND, home, ports, arguments);
    }

    private static Launched start(List<String> prefix, Path home, List<String> ports, String... arguments) {
        Path output = home.resolve("output-" + System.nanoTime());
        List<String> line = new ArrayList<>(prefix);
        line.addAll(List.of(
                "setsid",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        line.addAll(JAVA);
        line.addAll(List.of(
                "-Ddietsb.root=" + System.getProperty("dietsb.root"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dietsb.launcher.Dietsb"));
        line.addAll(List.of(arguments));
        line.addAll(ports);
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("DIETSB_HOME", home.toString());
        builder.environment().remove("DIETSB_TOKEN");
        // As under cron and systemd.
        builder.environment().put("LC_ALL", "C");
        try {
            return new Launched(builder.start(), home, output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Returns the id of the run that the command ordered first. */
    String run() {
        return output().lines()
                .filter(line -> line.matches("Run \\S+"))
                .findFirst()
                .orElseThrow()
                .substring(4);
    }

    /** Waits until the output contains these words, and records all processes of the command. A failure shows the logs. */
    Launched says(String words) {
        try {
            await().atMost(PATIENCE).until(() -> output().contains(words) || !process.isAlive());
        } catch (ConditionTimeoutException late) {
            assertThat(output()).as(() -> RecentLogs.of(home)).contains(words);
        }
        assertThat(output()).as(() -> RecentLogs.of(home)).contains(words);
        process.descendants().forEach(seen::add);
        return this;
    }

    /** Returns a living process of it by a word of its command line: the program rather than its shell. */
    ProcessHandle child(String word) {
        return findChild(word).orElseThrow();
    }

    /** Returns such a process; empty if there is none. */
    Optional<ProcessHandle> findChild(String word) {
        process.descendants().forEach(seen::add);
        return seen.stream()
                .filter(ProcessHandle::isAlive)
                .filter(handle -> handle.info().command().orElse("").endsWith("java"))
                .filter(handle -> String.join(" ", handle.info().arguments().orElse(new String[0]))
                        .contains(word))
                .findFirst();
    }

    /** Sends a signal to the process, or to its group as a terminal does. */
    void signal(String name, boolean toGroup) {
        String who = (toGroup ? "-" : "") + process.pid();
        try {
            new ProcessBuilder("kill", "-" + name, "--", who)
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /** Waits until all recorded processes have ended. A process that only waits to be reaped has no command. */
    void leavesNothing(Duration within) {
        assertThat(seen).isNotEmpty();
        await().atMost(within).untilAsserted(() -> assertThat(seen.stream()
                        .filter(ProcessHandle::isAlive)
                        .filter(handle -> handle.info().command().isPresent())
                        .map(handle -> handle.info().commandLine()))
                .isEmpty());
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(seen::add);
        process.destroyForcibly().waitFor();
        try (var line = guard.outputWriter()) {
            line.write("over\n");
        } catch (IOException gone) {
            // It has done its work.
        }
        seen.forEach(ProcessHandle::destroyForcibly);
    }
}
