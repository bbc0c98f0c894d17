package org.dietsb.launcher.text;

import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.DefaultProgressBarRenderer;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.ProgressState;

/** Renders a progress bar in the width that the message beside it leaves. */
final class BarRenderer extends DefaultProgressBarRenderer {
    private static final int GAP = 2;
    private static final int SHORTEST = 3;
    private static final int LONGEST = 40;

    BarRenderer() {
        super(ProgressBarStyle.ASCII, "", 1, false, null, null, true, BarRenderer::left);
    }

    /** Estimates the remaining time from the mean speed so far. */
    private static Optional<Duration> left(ProgressState progress) {
        long done = progress.getCurrent() - progress.getStart();
        return done == 0
                ? Optional.empty()
                : Optional.of(progress.getElapsedAfterStart()
                        .multipliedBy(progress.getMax() - progress.getCurrent())
                        .dividedBy(done));
    }

    @Override
    public String render(ProgressState progress, int width) {
        String end = progress.getCurrent() == progress.getMax() ? "done" : etaString(progress) + " left";
        String message = progress.getExtraMessage();
        // The parts of the message are separated by two blanks, the most important one first.
        while (message.length() + end.length() + 2 * GAP > width && message.contains("  ")) {
            message = message.substring(0, message.lastIndexOf("  "));
        }
        String beside = "  " + message + "  " + end;
        String before = progress.getTaskName() + " " + percentage(progress).strip() + " ";
        if (before.length() + beside.length() + SHORTEST + 2 > width) {
            before = "";
        }
        int length = Math.min(LONGEST, width - before.length() - beside.length() - 2);
        String bar = "";
        if (length >= SHORTEST) {
            int full = progressIntegralPart(progress, length);
            bar = "[" + "=".repeat(full) + " ".repeat(length - full) + "]";
        }
        String line = before + bar + beside;
        // Blanks overwrite the rest of a longer line.
        return line.length() > width ? line.substring(0, width) : line + " ".repeat(width - line.length());
    }
}
