package org.dietsb.selector.mask;

import java.util.Comparator;
import java.util.List;
import org.dietsb.selector.report.RunUpdate;

/** Decides which runs of a partition are reported: each at its end, the others in turn. One thread. */
final class DueReports {
    private static final int MOST_ENDED = 100;

    private final Attempts attempts;
    private final EndedRuns ended = new EndedRuns(MOST_ENDED);

    DueReports(Attempts attempts) {
        this.attempts = attempts;
    }

    /** Notes the last report of a run that ends. */
    void ends(RunState run, long atMillis) {
        if (run.figures.hasBegun()) {
            ended.add(run.report(true, atMillis));
        }
    }

    /**
     * Returns the reports that are due.
     *
     * @param everyMillis least time between two reports of a run
     * @param most maximum number of reports of active runs: those come first whose last report is oldest
     */
    List<RunUpdate> take(long nowMillis, long everyMillis, int most) {
        List<RunUpdate> due = ended.take();
        attempts.runs().stream()
                .filter(run -> run.figures.isDue(nowMillis, everyMillis))
                .sorted(Comparator.comparingLong(run -> run.figures.reportedMillis()))
                .limit(most)
                .forEach(run -> due.add(run.report(false, nowMillis)));
        return due;
    }
}
