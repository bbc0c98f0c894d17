package org.dietsb.trainer.train;

import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/**
 * Where the loop is at a barrier, where every batch before is trained and none after it announced. With the network's tensors
 * and the order, all that the rest of the run depends on.
 *
 * @param epoch from 1
 * @param batch batches of it that are over
 * @param running of the epoch that goes on; null where it is over
 * @param length of the run in epochs
 * @param lastKeep share of the last judged batch that was selected
 * @param placedRevision the last that took effect; -1 before the first batch
 * @param placedInEpoch in which it did
 * @param selectorState what the selector's later masks depend on
 * @param errorNorms so far, while the epochs last that a diet goes by; null otherwise
 */
public record LoopState(
        int epoch,
        int batch,
        @Nullable Running running,
        double length,
        double lastKeep,
        long placedRevision,
        int placedInEpoch,
        Answer.SelectorState selectorState,
        ErrorNorms.@Nullable Sums errorNorms) {

    /**
     * An epoch in its midst.
     *
     * @param kept examples it is left with
     * @param weights how much each of them counts in the loss; null = all 1
     * @param queued selected examples that wait for a full batch
     */
    public record Running(int[] kept, float @Nullable [] weights, StepQueue.Taken queued, EpochTally.Sums sums) {}
}
