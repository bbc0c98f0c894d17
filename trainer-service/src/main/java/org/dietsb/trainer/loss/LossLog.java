package org.dietsb.trainer.loss;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/** One attempt's entries on the log that alone suffices to recompute every mask of its run. */
public interface LossLog {

    /**
     * Opens an epoch and so asks for its epoch mask.
     *
     * @param epoch from 1
     * @param policy set in the first message of a revision
     * @param whole nothing is to be left out for this epoch alone
     */
    void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole);

    /** Announces a batch and so asks for its mask. */
    void announce(Announcement announcement);

    /**
     * Reports the losses of a training step; asks for nothing.
     *
     * @param indices [B] places in the unpruned training set
     * @param losses [B] cross-entropy in nats, before the step
     */
    void trained(int epoch, int[] indices, float[] losses);

    /**
     * Asks for the selector's state at a barrier.
     *
     * @param batch batches of the epoch that are over
     */
    void requestState(int epoch, int batch);

    /** Writes a selector's state down, as it was answered: from here on the log suffices without what lies before. */
    void giveState(Answer.SelectorState state);

    /** Notes a batch whose mask did not come in time; told with the next announcement, or with the end. */
    void timedOut(TimedOutBatch batch);

    /** Ends the attempt, flushed before it returns. */
    void close(String reason);
}
