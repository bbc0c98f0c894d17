package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    private final @Nullable Rest rest;

    private Service(String name, Process process, Path log, @Nullable Rest rest) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.rest = rest;
    }

    /** Starts it; its log is written anew. */
    static Service start(Launch launch, Path logs) {
        String name = launch.name();
        Path log = logs.resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                IN_OWN_SESSION,
                name,
                "sh",
                "-c",
                GUARDED,
                name,
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(launch.java());
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            ComputeSettings.into(builder.environment());
            // What this process has there was for its own use, perhaps with another system.
            builder.environment().remove("DIETSB_TOKEN");
            if (launch.token() != null) {
                builder.environment().put("DIETSB_TOKEN", launch.token());
            }
            return new Service(
                    name,
                    builder.start(),
                    log,
                    launch.service() == null
                            ? null
                            : new Rest(launch.service(), launch.port(), launch.management(), launch.token()));
        } catch (IOException failed) {
            throw new UserError("cannot start the " + name + ": " + failed.getMessage());
        }
    }

    String name() {
        return name;
    }

    /** Its REST interface; null where it is no service. */
    @Nullable
    Rest rest() {
        return rest;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isReady() {
        return rest == null || rest.presence() instanceof Presence.Ready;
    }

    /** Where it should be, and whether it can be used. */
    String standing() {
        return rest == null ? name : rest.words(rest.presence());
    }

    /** That it ended, and where to read why. */
    String obituary() {
        return "the " + name + " ended: see " + log;
    }

    /** Its JVM's process number; empty where that has ended, or has not begun yet. */
    OptionalLong pid() {
        return process.descendants()
                .filter(one -> one.info().command().orElse("").endsWith("/java"))
                .mapToLong(ProcessHandle::pid)
                .findFirst();
    }

    /** Taken so far, of what guards it too. */
    Duration cpuTime() {
        return Processes.cpuTime(Stream.concat(Stream.of(process.toHandle()), process.descendants()));
    }

    /** Memory that it has now, with what guards it. */
    long residentBytes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .mapToLong(Service::residentBytes)
                .sum();
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
