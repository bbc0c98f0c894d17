package org.dietsb.launcher;

import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on a terminal; nothing elsewhere, where lines are printed instead. */
final class Progress implements AutoCloseable {
    private final List<ProgressBar> bar = new ArrayList<>();
    private final int steps;

    Progress(String task, int steps) {
        this.steps = steps;
        if (isTerminal()) {
            bar.add(new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build());
        }
    }

    static boolean isTerminal() {
        return System.console() != null;
    }

    /** How far it is, in [0, 1], and what to say beside. */
    void to(double share, String message) {
        for (ProgressBar shown : bar) {
            shown.stepTo(Math.round(share * steps));
            shown.setExtraMessage(message);
        }
    }

    @Override
    public void close() {
        bar.forEach(ProgressBar::close);
    }
}
