package org.dietsb.kit.topic;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Log lines of one cause, at most one a second, so that a flood of messages does not become a flood of lines. Of the lines of a second, the
 * last is logged with their number. Thread-safe.
 */
public final class RareLines {
    private final BiConsumer<String, @Nullable Throwable> log;
    private final Executor aSecondLater;
    private boolean pausing;
    /** Number of lines since the last one that was logged, and the last of them. */
    private long waiting;

    private @Nullable Supplier<String> line;
    private @Nullable Throwable error;

    public RareLines(Logger log, Logger.Level level) {
        this(
                (line, error) -> log.log(level, line, error),
                CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run));
    }

    RareLines(BiConsumer<String, @Nullable Throwable> log, Executor aSecondLater) {
        this.log = log;
        this.aSecondLater = aSecondLater;
    }

    public void log(Supplier<String> newLine) {
        log(newLine, null);
    }

    /** Logs a line with a stack trace. */
    public synchronized void log(Supplier<String> newLine, @Nullable Throwable newError) {
        waiting++;
        line = newLine;
        error = newError;
        if (!pausing) {
            write();
        }
    }

    private synchronized void write() {
        Supplier<String> last = line;
        pausing = last != null;
        if (last == null) {
            return;
        }
        log.accept(
                last.get() + (waiting == 1 ? "" : " (the last of " + waiting + " such lines within a second)"), error);
        waiting = 0;
        line = null;
        error = null;
        aSecondLater.execute(this::write);
    }
}
