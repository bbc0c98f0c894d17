package org.dietsb.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service as a child process, which ends when this process does, however that ends. */
final class Service {
    private static final int STOP_SECONDS = 40;

    // In a session of its own, so that what a terminal sends to this process passes by the service: it stops in its
    // turn.
    private static final String IN_OWN_SESSION =
            "trap '' INT QUIT; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"";

    // What waits beside the service ends it when standard input ends: it is asked to stop, or this process is gone. It
    // is itself ended, and waited for, when the service has ended.
    private static final String GUARDED = """
            exec 3<&0
            "$@" </dev/null 3<&- & service=$!
            {
              read end <&3
              trap 'kill $patience; wait; exit' TERM
              kill $service
              sleep %d 3<&- & patience=$!
              wait $patience
              kill -9 $service
            } 2>/dev/null & guard=$!
            wait $service; code=$?
            kill $guard 2>/dev/null; wait $guard
            exit $code
            """.formatted(STOP_SECONDS);

    private final String name;
    private final Process process;
    private final Path log;

    private Service(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts the service of this name, which must have been built. */
    static Service start(String name, int port, String heap, String bootstrapServers, Path logs) {
        Path jar = Path.of(System.getProperty("dietsb.root", "."))
                .resolve(Path.of(name + "-service", "target", "quarkus-app", "quarkus-run.jar"))
                .normalize();
        if (!Files.isRegularFile(jar)) {
            throw new UserError(jar + " is not there: build with mvn package");
        }
        Path log = logs.resolve(name + ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder(List.of(
                            "sh",
                            "-c",
                            IN_OWN_SESSION,
                            name,
                            "sh",
                            "-c",
                            GUARDED,
                            name,
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            heap,
                            "-Dquarkus.http.port=" + port,
                            "-Dquarkus.http.host=127.0.0.1",
                            "-Dkafka.bootstrap.servers=" + bootstrapServers,
                            "-jar",
                            jar.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            // Threads of a tensor operation sleep while they wait: spinning, they rob each other of a busy machine.
            builder.environment().putIfAbsent("OMP_WAIT_POLICY", "passive");
            return new Service(name, builder.start(), log);
        } catch (IOException failed) {
            throw new UserError("cannot start the " + name + ": " + failed.getMessage());
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** That it ended, and where to read why. */
    String obituary() {
        return "the " + name + " ended: see " + log;
    }

    /** Asks it to stop, and does not wait. */
    void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            process.destroy();
        }
    }

    /** Waits until it has stopped, and makes it stop if it takes too long. */
    void awaitStopped() throws InterruptedException {
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }
}
