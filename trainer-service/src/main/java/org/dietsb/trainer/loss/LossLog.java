package org.dietsb.trainer.loss;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/** The log of one attempt, which is sufficient to recompute every mask of its run. */
public interface LossLog {

    /**
     * Opens an epoch, which requests its epoch mask.
     *
     * @param epoch from 1
     * @param policy set in the first message of a revision, else null
     * @param whole whether nothing is left out of this epoch for the epoch only
     */
    void openEpoch(int epoch, long revision, @Nullable Policy policy, boolean whole);

    /** Sets whether the selector takes spans in the epoch that begins, so that messages without an answer may be written together. */
    default void takesSpans(boolean taken) {}

    /** Announces a batch, which requests its mask. */
    void announce(Announcement announcement);

    /**
     * Announces consecutive batches of one revision without losses at once, which requests their masks at once. It means the same as
     * announcing them one by one. Only for a selector that takes spans.
     */
    default void announceSpan(List<Announcement> span) {
        span.forEach(this::announce);
    }

    /**
     * Reports the losses of a training step; no answer follows.
     *
     * @param indices [B] places in the unpruned training set
     * @param pass before the step, in the order of indices
     */
    void trained(int epoch, int[] indices, PassLosses pass);

    /**
     * Requests the selector's state at a barrier.
     *
     * @param batch number of batches of the epoch that are done
     */
    void requestState(int epoch, int batch);

    /** Writes the selector's state as it was received: the log is sufficient from here on, without earlier messages. */
    void giveState(Answer.SelectorState state);

    /** Notes a batch whose mask timed out; sent with the next announcement, or with the end. */
    void timedOut(TimedOutBatch batch);

    /** Ends the attempt and flushes the log. */
    void close(String reason);
}
