package org.dietsb.faults.system;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.jspecify.annotations.Nullable;

/** A service of the system, one process after another. */
public final class ServicePart extends Part {
    private final Launch launch;
    private final Path logs;
    private final Wire wire;
    private int generation;
    private volatile @Nullable ServiceProcess process;

    /** Starts nothing yet. */
    ServicePart(Launch launch, Path logs, Wire wire) {
        this.launch = launch;
        this.logs = logs;
        this.wire = wire;
    }

    @Override
    public String name() {
        return launch.name();
    }

    /** Selector, trainer or scorer. */
    public String kind() {
        return String.valueOf(launch.service());
    }

    /** Does not wait for it; each process has a log of its own. */
    @Override
    public void start() {
        process = ServiceProcess.start(launch.as(launch.name() + "." + ++generation), logs);
    }

    /** Returns the log of the current or the last process. */
    Path log() {
        return logs.resolve(launch.name() + "." + generation + ".log");
    }

    @Override
    public boolean isAlive() {
        ServiceProcess now = process;
        return now != null && now.isAlive();
    }

    @Override
    public boolean isReady() {
        return answering().filter(ServiceProcess::isReady).isPresent();
    }

    /** Returns the process if it is alive and not stopped, so that it can answer. */
    public Optional<ServiceProcess> answering() {
        return isStopped() ? Optional.empty() : Optional.ofNullable(process).filter(ServiceProcess::isAlive);
    }

    /** Describes its state. */
    public String standing() {
        ServiceProcess now = process;
        return name() + ": " + (now == null || !now.isAlive() ? "not alive" : isStopped() ? "stopped" : now.standing());
    }

    @Override
    public OptionalLong pid() {
        ServiceProcess now = process;
        return now == null ? OptionalLong.empty() : now.pid();
    }

    @Override
    List<Wire> wires() {
        return List.of(wire);
    }

    @Override
    void terminate() {
        signal("TERM");
    }

    /** Kills it: its shutdown does not belong to a round. */
    @Override
    public void close() {
        ServiceProcess now = process;
        if (now != null) {
            now.pid().ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
            now.close();
        }
    }
}
