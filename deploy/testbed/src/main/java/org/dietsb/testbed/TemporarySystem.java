package org.dietsb.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.dietsb.launcher.system.ExitHook;
import org.jspecify.annotations.Nullable;

/**
 * Processes and a temporary folder that end with this object: when it is closed, and at Ctrl-C and SIGTERM. Thread-safe, so
 * that the shutdown hook can close it at any time.
 */
public abstract class TemporarySystem implements AutoCloseable {
    private final Path folder;
    private @Nullable ExitHook atExit;
    private boolean stopped;
    private boolean kept;

    /** Creates the folder, whose name begins like this. */
    protected TemporarySystem(String prefix) {
        try {
            folder = Files.createTempDirectory(prefix);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Closes this when the JVM exits, unless it is closed before. */
    protected final void closeAtExit() {
        atExit = new ExitHook("stop-temporary-system", this::stopOnce);
    }

    /** Returns the folder of logs and topics. */
    public final Path folder() {
        return folder;
    }

    /** Keeps the folder when the system is closed. */
    public final synchronized void keep() {
        if (!kept) {
            System.out.println("Logs and topics are kept in " + folder);
        }
        kept = true;
    }

    /** Stops the processes. Called once. */
    protected abstract void stop();

    private synchronized void stopOnce() {
        if (stopped) {
            return;
        }
        stopped = true;
        stop();
        if (kept) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public final void close() {
        stopOnce();
        if (atExit != null) {
            atExit.close();
        }
    }
}
