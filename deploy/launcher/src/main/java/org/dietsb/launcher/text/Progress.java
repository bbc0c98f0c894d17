package org.dietsb.launcher.text;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows progress: as a bar on a terminal, as lines elsewhere. */
public final class Progress implements AutoCloseable {
    private static final int STEPS = 10_000;

    private final String task;
    private final boolean terminal;
    private final PrintStream out;
    private @Nullable ProgressBar bar;
    private boolean closed;

    public Progress(String task) {
        this(task, Screen.isTerminal(), System.out);
    }

    /** Shows progress on standard error, so that standard output holds results only. */
    public static Progress onStandardError(String task) {
        return new Progress(task, Screen.isTerminal(), System.err);
    }

    public Progress(String task, boolean terminal, PrintStream out) {
        this.task = task;
        this.terminal = terminal;
        this.out = out;
    }

    /**
     * Moves the bar. The remaining time is added to the message.
     *
     * @param share completed share, in [0, 1]
     */
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
                            // Progress.close ends the line, because this is not called before anything is drawn.
                        }
                    })
                    .setRenderer(new BarRenderer())
                    .build();
            bar = shown;
        }
        shown.setExtraMessage(message);
        shown.stepTo(Math.round(Math.min(1, share) * STEPS));
    }

    /** Prints a line if there is no bar. */
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
