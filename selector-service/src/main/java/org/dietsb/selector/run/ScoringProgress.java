package org.dietsb.selector.run;

import java.util.List;
import java.util.Optional;

/** Describes how far the scoring is that a queued run awaits. */
final class ScoringProgress {
    private ScoringProgress() {}

    /** Returns the score set that a run may await: that of its policy, while it is queued; empty if there is none. */
    static Optional<String> awaited(RunSheet run) {
        return run.state() == RunSheet.State.QUEUED && run.firstPolicy().namesScoreSet()
                ? Optional.ofNullable(run.firstPolicy().scoreSet())
                : Optional.empty();
    }

    /**
     * Returns a text such as {@code score set S, 1 of 2 networks are trained, one is in epoch 2}; empty if all are.
     *
     * @param all runs, the members of the scoring among them
     */
    static Optional<String> text(String scoreSet, List<RunSheet> all) {
        List<RunSheet> members = all.stream()
                .filter(run -> run.scoring().equals(scoreSet)
                        && run.state() != RunSheet.State.FAILED
                        && run.state() != RunSheet.State.CANCELLED)
                .toList();
        long trained = members.stream()
                .filter(run -> run.state() == RunSheet.State.COMPLETED)
                .count();
        if (trained == members.size()) {
            return Optional.empty();
        }
        String running = members.stream()
                .filter(run -> run.state() == RunSheet.State.RUNNING && run.epoch() > 0)
                .findFirst()
                .map(run -> ", one is in epoch " + run.epoch())
                .orElse("");
        return Optional.of(
                "score set " + scoreSet + ", " + trained + " of " + members.size() + " networks are trained" + running);
    }
}
