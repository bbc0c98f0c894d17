package org.dietsb.faults.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.OptionalLong;
import org.dietsb.faults.plan.Fault;

/** A process of the system that faults can befall, and its connections. Single-threaded, except for closing. */
public abstract class Part implements AutoCloseable {
    private boolean stopped;
    private boolean cut;

    public abstract String name();

    /** Starts another process in place of one that has ended. */
    public abstract void start();

    /** Returns the number of its process; empty if that has ended. */
    public abstract OptionalLong pid();

    public abstract boolean isAlive();

    /** Returns whether faults may befall it now. */
    public abstract boolean isReady();

    /** The wires that its connections go through. */
    abstract Collection<Wire> wires();

    /** Asks the process to end. */
    abstract void terminate();

    final boolean isStopped() {
        return stopped;
    }

    final boolean isCut() {
        return cut;
    }

    /** Kills the process. */
    public void kill() {
        signal("KILL");
    }

    /** Makes a fault begin. */
    public final void strike(Fault.Kind kind) {
        switch (kind) {
            case KILL -> kill();
            case STOP -> {
                stopped = true;
                signal("STOP");
            }
            case RESTART -> terminate();
            case CUT -> {
                cut = true;
                wires().forEach(Wire::cut);
            }
        }
    }

    /** Makes a fault end. */
    public final void heal(Fault.Kind kind) {
        switch (kind) {
            case STOP -> {
                stopped = false;
                signal("CONT");
            }
            case CUT -> {
                cut = false;
                wires().forEach(Wire::mend);
            }
            case KILL, RESTART -> {
                if (!isAlive()) {
                    stopped = false;
                    start();
                }
            }
        }
    }

    final void signal(String name) {
        OptionalLong pid = pid();
        if (pid.isEmpty()) {
            return;
        }
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(pid.getAsLong()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0
                    && ProcessHandle.of(pid.getAsLong())
                            .map(ProcessHandle::isAlive)
                            .orElse(false)) {
                throw new IllegalStateException("process " + pid.getAsLong() + " accepts no signal " + name);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Override
    public abstract void close();
}
