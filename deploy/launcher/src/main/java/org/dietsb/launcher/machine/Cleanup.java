package org.dietsb.launcher.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/** What to undo, last first, exactly once: at the end of the command, or when it is told to stop (Ctrl-C, SIGTERM). */
public final class Cleanup implements AutoCloseable {
    private final Deque<Runnable> actions = new ArrayDeque<>();
    private volatile boolean interrupted;
    private boolean done;

    private Cleanup() {}

    public static Cleanup install() {
        Cleanup cleanup = new Cleanup();
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            cleanup.interrupted = true;
                            cleanup.close();
                        },
                        "cleanup"));
        return cleanup;
    }

    /** Whether the command was told to stop; what fails from then on fails for that reason. */
    public boolean isInterrupted() {
        return interrupted;
    }

    /** Runs this at the end, before all that was added earlier; at once if the end is already there. */
    public void add(Runnable action) {
        synchronized (actions) {
            if (!done) {
                actions.push(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public synchronized void close() {
        while (true) {
            Runnable action;
            synchronized (actions) {
                action = actions.poll();
                if (action == null) {
                    done = true;
                    return;
                }
            }
            try {
                action.run();
            } catch (RuntimeException failed) {
                System.err.println("dietsb: while stopping: " + failed.getMessage());
            }
        }
    }
}
