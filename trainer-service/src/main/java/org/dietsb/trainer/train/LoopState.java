package org.dietsb.trainer.train;

import java.util.List;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;

/**
 * The state of the loop at a barrier, where every batch before is trained and no batch after is announced. The rest of the run
 * depends only on this state, the order, and the tensors of the network.
 *
 * @param epoch from 1
 * @param batch number of batches of the epoch that are done
 * @param running state within the epoch; null if the epoch is over
 * @param length of the run in epochs
 * @param lastKeep share of the last judged batch that was selected
 * @param placedRevision last revision that took effect; -1 before the first batch
 * @param placedInEpoch epoch in which it took effect
 * @param selectorState state that the selector's later masks depend on, after the batches in flight
 * @param errorNorms error norms so far, during the epochs that a diet is based on; null otherwise
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
     * The state within an epoch.
     *
     * @param kept the examples that remain in it
     * @param weights weight of each of them in the loss; null = all 1
     * @param queued selected examples that wait for a full batch
     * @param inFlight the batches after those that are done, in order, that are announced and not trained
     */
    public record Running(
            int[] kept,
            float @Nullable [] weights,
            StepQueue.Taken queued,
            EpochTally.Sums sums,
            List<InFlight> inFlight) {}

    /**
     * A batch between its announcement and its step.
     *
     * @param whole whether it is trained whole, whatever its mask
     * @param losses of its selection pass; null if it had none
     */
    public record InFlight(StampedPolicy policy, boolean whole, float @Nullable [] losses, Answer.BatchMask mask) {}

    /** Number of batches of the epoch that are announced. */
    public int announced() {
        return batch + (running == null ? 0 : running.inFlight.size());
    }
}
