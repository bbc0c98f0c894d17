package org.dietsb.scorer.scoring;

import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** An action that follows from the state of a scoring; performing it twice does no harm. */
sealed interface Duty {
    /** Orders a member that nobody has ordered yet. */
    record Order(TrainingOrder order) implements Duty {}

    /** Publishes the score set, because all members have reported. */
    record Publish(ScoreSet set) implements Duty {}

    /** Queues a run, because the scoring that it awaited has ended, or is unknown: then it fails with the selector's reason. */
    record Release(Run run) implements Duty {}

    /** Ends a run whose scoring ended without scores. */
    record Abandon(Run run, String reason) implements Duty {}

    /** Ends a scoring that can no longer complete. */
    record Fail(String id, String reason) implements Duty {}

    /** Ends a scoring because the run that it was ordered with is cancelled, and no other awaits it. */
    record Stop(String id, String reason) implements Duty {}

    /**
     * Cancels a member of a scoring that has ended without scores.
     *
     * @param resumed how often the run was resumed; a later resumption is not cancelled
     * @param end how it ended, if no trainer has begun it; otherwise its trainer ends it
     */
    record Cancel(String runId, int resumed, @Nullable Run end) implements Duty {}
}
