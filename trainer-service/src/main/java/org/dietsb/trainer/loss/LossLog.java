package org.dietsb.trainer.loss;

import org.dietsb.trainer.mask.Policy;
import org.jspecify.annotations.Nullable;

/** One attempt's entries on the log that alone suffices to recompute every mask of its run. */
public interface LossLog {

    /**
     * Opens an epoch and so asks for its epoch mask.
     *
     * @param epoch from 1
     * @param policy set in the first message of a revision
     */
    void openEpoch(int epoch, long revision, @Nullable Policy policy);

    /** Announces a batch and so asks for its mask. */
    void announce(Announcement announcement);

    /** Notes a batch whose mask did not come in time; told with the next announcement, or with the end. */
    void timedOut(TimedOutBatch batch);

    /** Ends the attempt, flushed before it returns. */
    void close(String reason);
}
