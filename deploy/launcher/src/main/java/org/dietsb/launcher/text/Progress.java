package org.dietsb.launcher.text;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** What is going on: a progress bar on a terminal, lines elsewhere. */
public final class Progress implements AutoCloseable {
    private static final int STEPS = 10_000;

    private final String task;
    private final boolean terminal;
    private final PrintStream out;
    private @Nullable ProgressBar bar;
    private boolean closed;

    public Progress(String task) {
        this(task, isTerminal(), System.out);
    }

    /** Beside results that are printed. */
    public static Progress onStandardError(String task) {
        return new Progress(task, isTerminal(), System.err);
    }

    public Progress(String task, boolean terminal, PrintStream out) {
        this.task = task;
        this.terminal = terminal;
        this.out = out;
    }

    /** Whether somebody looks, so that a bar can be drawn. */
    @SuppressWarnings("SystemConsoleNull") // Java 22 and newer are asked below.
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // From Java 22 on there is a console without a terminal too.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** How far it is, in [0, 1], and what to say beside; the time left is added. */
    public synchronized void to(double share, String message) {
        if (!terminal || closed) {
            return;
        }
        ProgressBar shown = bar;
        if (shown == null) {
            shown = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(STEPS)
                    .setUpdateIntervalMillis(200)
                    .continuousUpdate()
                    .setConsumer(new ConsoleProgressBarConsumer(out) {
                        @Override
                        public void close() {
                            // The line ends below: this is not called if nothing was drawn yet.
                        }
                    })
                    .setRenderer(new BarRenderer())
                    .build();
            bar = shown;
        }
        shown.setExtraMessage(message);
        shown.stepTo(Math.round(Math.min(1, share) * STEPS));
    }

    /** A line of its own, where there is no bar. */
    public synchronized void line(String line) {
        if (!terminal && !closed) {
            out.println(line);
        }
    }

    @Override
    public synchronized void close() {
        if (bar != null && !closed) {
            bar.close();
            out.println();
        }
        closed = true;
    }
}
