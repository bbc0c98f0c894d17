package org.dietsb.selector.page;

import java.util.List;
import java.util.Locale;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.jspecify.annotations.Nullable;

/**
 * A run in the list of runs, as text.
 *
 * @param course all policies of a run that was swapped; empty for others
 * @param costWithScoring the cost with the scoring of its diet; empty if it needs none, or if its cost is not known
 */
record RunRow(
        String id,
        String state,
        boolean live,
        String task,
        String policy,
        String course,
        String kind,
        int percent,
        String place,
        String accuracy,
        String cost,
        String costWithScoring,
        String when,
        List<String> tags,
        String waits,
        String pending) {

    /**
     * Returns the row of a run.
     *
     * @param lost whether its loop seems to have ended without saying so
     * @param waitsFor what a queued run waits for; empty for others
     * @param scoring the scoring of its diet; null if it needs none, or if it is not known
     * @param pending policies that are still to take effect; empty if there are none
     */
    static RunRow of(RunSheet run, boolean lost, String waitsFor, @Nullable ScoringCost scoring, String pending) {
        return new RunRow(
                run.id(),
                lost ? "lost" : run.state().name().toLowerCase(Locale.ROOT),
                run.isLive(),
                run.model() + " on " + run.dataset(),
                Words.policy(run),
                Words.course(run),
                run.isPolicyKnown() ? run.policy().kind().label() : "",
                (int) Math.round(100 * run.progress()),
                place(run),
                Words.percent(run.accuracy()),
                run.cost() == null ? Words.UNKNOWN : Words.wholePercent(run.cost()),
                withScoring(run, scoring),
                (run.started() == null ? "queued since " : "")
                        + Words.time(run.started() == null ? run.queued() : run.started()),
                run.ordered().tags(),
                waits(waitsFor),
                pending);
    }

    private static String withScoring(RunSheet run, @Nullable ScoringCost scoring) {
        Double cost = run.cost();
        double epochs = run.figures().isEmpty()
                ? run.state() == RunSheet.State.COMPLETED ? run.epoch() : 0
                : run.figures().stream().mapToDouble(RunSheet.Figures::share).sum();
        return cost == null || scoring == null || run.examples() == 0 || epochs == 0
                ? ""
                : Words.wholePercent(cost + scoring.passes(run.examples()) / epochs);
    }

    /** Returns a sentence of what a queued run waits for; empty for others. */
    static String waits(String waitsFor) {
        String what = Words.unbroken(waitsFor);
        return what.isEmpty() || what.startsWith("waits") || what.startsWith(Runs.CANCELLED)
                ? what
                : (what.contains("busy") ? "waits for an idle trainer: " : "waits for ") + what;
    }

    private static String place(RunSheet run) {
        if (run.epoch() == 0) {
            return run.isLive() ? "not started" : "never started";
        }
        if (run.state() == RunSheet.State.COMPLETED) {
            return Words.epochs(run.epoch());
        }
        Double left = run.state() == RunSheet.State.RUNNING ? run.secondsLeft() : null;
        return "epoch " + run.epoch() + (run.epochs() == 0 ? "" : " of " + run.epochs())
                + (left == null ? "" : ", " + Words.about(left) + " left");
    }
}
