package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** A service, or another program, as a child process. It ends when this process ends, even if this process is killed. */
public final class ServiceProcess implements AutoCloseable {
    private static final String MAX_LOG = "5M";

    private final Launch launch;
    private final Process process;
    private final Path log;
    private final @Nullable Rest rest;

    private ServiceProcess(Launch launch, Process process, Path log, @Nullable Rest rest) {
        this.launch = launch;
        this.process = process;
        this.log = log;
        this.rest = rest;
    }

    /**
     * Starts a process and does not wait until it is ready.
     *
     * @param logs folder of its log; the log of the process before it is renamed to NAME.log.1
     */
    public static ServiceProcess start(Launch launch, Path logs) {
        String name = launch.name();
        Path log = logs.resolve(name + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (launch.service() != null) {
            command.addAll(logging(log));
        }
        command.addAll(launch.java());
        ProcessBuilder builder = new ProcessBuilder(Guard.around(name, command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        ComputeSettings.into(builder.environment());
        // The token and the prefix of this process may belong to another system.
        builder.environment().remove("DIETSB_TOKEN");
        builder.environment().remove("DIETSB_PREFIX");
        if (launch.token() != null) {
            builder.environment().put("DIETSB_TOKEN", launch.token());
        }
        builder.environment().putAll(launch.environment());
        Rest rest = launch.service() == null
                ? null
                : new Rest(
                        launch.service(),
                        Place.here(new Ports.Pair(launch.port(), launch.management())),
                        launch.token());
        return UserError.onFailure("cannot start the " + name, () -> {
            LocalBroker.keepLast(log);
            return new ServiceProcess(launch, builder.start(), log, rest);
        });
    }

    /** Returns options by which a service bounds its log; only what the JVM itself says comes there by standard output. */
    private static List<String> logging(Path log) {
        return List.of(
                "-Dquarkus.log.console.enabled=false",
                "-Dquarkus.log.file.enabled=true",
                "-Dquarkus.log.file.path=" + log,
                "-Dquarkus.log.file.format=%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%c{3.}] (%t) %s%e%n",
                "-Dquarkus.log.file.rotation.max-file-size=" + MAX_LOG,
                "-Dquarkus.log.file.rotation.max-backup-index=2",
                "-Dquarkus.log.file.rotation.rotate-on-boot=false");
    }

    String name() {
        return launch.name();
    }

    Launch launch() {
        return launch;
    }

    /** Returns why the service reports that it is dead; empty if it is alive, or does not answer. */
    Optional<String> deadPart() {
        return rest == null ? Optional.empty() : rest.deadPart();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public boolean isReady() {
        return rest == null || rest.presence() instanceof Presence.Ready;
    }

    /** Describes where the service should be and whether it is ready. */
    public String standing() {
        return rest == null ? launch.name() : rest.words(rest.presence());
    }

    /** Reports that the process ended, and where to find the reason. */
    String obituary() {
        return "the " + launch.name() + " ended: see " + log;
    }

    private Rest rest() {
        return Objects.requireNonNull(rest, "not a service");
    }

    /** Returns the metrics in Prometheus' format. */
    public String metrics() {
        return new String(rest().managed("/q/metrics"), StandardCharsets.UTF_8);
    }

    /**
     * Sends a GET request.
     *
     * @throws UserError in one line, if the service rejects it or does not answer
     */
    public JsonNode get(String path) {
        return rest().get(path);
    }

    public JsonNode post(String path, JsonNode body) {
        return rest().post(path, body).body();
    }

    /** Replaces a resource, unless another client changes it first. */
    public JsonNode put(String path, String query, JsonNode body) {
        return rest().put(path + query, body, rest().read(path).etag());
    }

    /** Returns the process number of the JVM; empty if it has ended or not begun yet. */
    public OptionalLong pid() {
        return process.descendants()
                .filter(one -> one.info().command().orElse("").endsWith("/java"))
                .mapToLong(ProcessHandle::pid)
                .findFirst();
    }

    private Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /** Returns the CPU time taken so far, including that of the guard. */
    Duration cpuTime() {
        return Processes.cpuTime(processes());
    }

    /** Returns the resident memory, including that of the guard. */
    public long residentBytes() {
        return Processes.residentBytes(processes());
    }

    /** Requests the process to stop, and does not wait. */
    void stop() {
        Guard.end(process);
    }

    /** Waits until the process has stopped, and kills it if that takes too long. */
    void awaitStopped() throws InterruptedException {
        if (!process.waitFor(Guard.STOP_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
    }

    /** Requests the process to stop, waits until it has, and kills it if that takes too long. */
    @Override
    public void close() {
        stop();
        try {
            awaitStopped();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
