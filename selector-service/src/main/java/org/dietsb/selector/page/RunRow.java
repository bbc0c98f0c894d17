package org.dietsb.selector.page;

import java.util.List;
import java.util.Locale;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;

/** A run in the list of runs, as text. */
record RunRow(
        String id,
        String state,
        boolean live,
        String task,
        String policy,
        String kind,
        int percent,
        String place,
        String accuracy,
        String cost,
        String when,
        List<String> tags,
        String waits,
        String pending) {

    /**
     * Returns the row of a run.
     *
     * @param lost whether its loop seems to have ended without saying so
     * @param waitsFor what a queued run waits for; empty for others
     * @param pending policies that are still to take effect; empty if there are none
     */
    static RunRow of(RunSheet run, boolean lost, String waitsFor, String pending) {
        return new RunRow(
                run.id(),
                lost ? "lost" : run.state().name().toLowerCase(Locale.ROOT),
                run.isLive(),
                run.model() + " on " + run.dataset(),
                run.isPolicyKnown() ? Words.policy(run.policy()) : Words.UNKNOWN_POLICY,
                run.isPolicyKnown() ? run.policy().kind().label() : "",
                (int) Math.round(100 * run.progress()),
                place(run),
                Words.percent(run.accuracy()),
                run.cost() == null ? Words.UNKNOWN : Words.wholePercent(run.cost()),
                (run.started() == null ? "queued since " : "")
                        + Words.time(run.started() == null ? run.queued() : run.started()),
                run.ordered().tags(),
                waits(waitsFor),
                pending);
    }

    private static String waits(String waitsFor) {
        return waitsFor.isEmpty() || waitsFor.startsWith("waits") || waitsFor.startsWith(Runs.CANCELLED)
                ? waitsFor
                : waitsFor.contains("busy") ? "waits for an idle trainer: " + waitsFor : "waits for " + waitsFor;
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
