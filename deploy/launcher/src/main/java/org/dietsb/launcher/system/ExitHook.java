package org.dietsb.launcher.system;

/** Runs an action when this process ends, at Ctrl-C and SIGTERM too, unless the hook is closed before. */
public final class ExitHook implements AutoCloseable {
    private final Thread thread;

    /** Registers the action. */
    public ExitHook(String name, Runnable action) {
        this.thread = new Thread(action, name);
        Runtime.getRuntime().addShutdownHook(thread);
    }

    /** Removes the hook; does nothing while the process ends. */
    @Override
    public void close() {
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException exiting) {
            // The hook runs, or is about to run.
        }
    }
}
