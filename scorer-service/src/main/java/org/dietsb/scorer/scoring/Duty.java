package org.dietsb.scorer.scoring;

import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.trainer.wire.TrainingOrder;

/** Something that a scoring's state calls for; doing it twice does no harm. */
sealed interface Duty {
    /** A member that nobody ordered yet. */
    record Order(TrainingOrder order) implements Duty {}

    /** All members reported. */
    record Publish(ScoreSet set) implements Duty {}

    /** It cannot come to an end any more. */
    record Fail(String id, String reason) implements Duty {}
}
