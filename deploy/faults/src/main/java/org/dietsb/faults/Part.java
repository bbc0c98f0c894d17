package org.dietsb.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.jspecify.annotations.Nullable;

/** A place in the system where a service runs: the one there is killed, and another takes its place. One thread, but for closing. */
final class Part implements AutoCloseable {
    private final Launch launch;
    private final Path logs;
    private int generation;
    private boolean stopped;
    private volatile @Nullable ServiceProcess process;

    Part(Launch launch, Path logs) {
        this.launch = launch;
        this.logs = logs;
    }

    String name() {
        return launch.name();
    }

    /** Selector, trainer or scorer. */
    String kind() {
        return String.valueOf(launch.service());
    }

    /** Starts it, and does not wait for it; its log is a new one each time. */
    void start() {
        stopped = false;
        process = ServiceProcess.start(launch.as(launch.name() + "." + ++generation), logs);
    }

    /** Of the service that is there now, or was the last. */
    Path log() {
        return logs.resolve(launch.name() + "." + generation + ".log");
    }

    boolean isAlive() {
        ServiceProcess now = process;
        return now != null && now.isAlive();
    }

    boolean isReady() {
        ServiceProcess now = process;
        return !stopped && now != null && now.isAlive() && now.isReady();
    }

    /** Up and not stopped, so that it may answer. */
    Optional<ServiceProcess> answering() {
        ServiceProcess now = process;
        return now != null && now.isAlive() && !stopped ? Optional.of(now) : Optional.empty();
    }

    String standing() {
        ServiceProcess now = process;
        return name() + ": " + (now == null || !now.isAlive() ? "not alive" : stopped ? "stopped" : now.standing());
    }

    /** Its process number; empty where it has ended. */
    OptionalLong pid() {
        ServiceProcess now = process;
        return now == null ? OptionalLong.empty() : now.pid();
    }

    void kill() {
        signal("KILL");
    }

    void terminate() {
        signal("TERM");
    }

    void stop() {
        stopped = true;
        signal("STOP");
    }

    void goOn() {
        stopped = false;
        signal("CONT");
    }

    private void signal(String name) {
        OptionalLong pid = pid();
        if (pid.isPresent()) {
            signal(name, pid.getAsLong());
        }
    }

    static void signal(String name, long pid) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                throw new IllegalStateException("process " + pid + " takes no signal " + name);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /** Kills it: what it would say at its end is no part of a round. */
    @Override
    public void close() {
        ServiceProcess now = process;
        if (now != null) {
            now.pid().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            now.close();
        }
    }
}
