package org.dietsb.trainer.run;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * A run so far, as one of its attempts sees it. Times are milliseconds since 1970, 0 = not yet.
 *
 * @param attempt offset of its AttemptOpened; -1 before there is one
 * @param policies in the order they took effect
 * @param prePruned share of the training set dropped by the diet of the last epoch
 * @param totalPruned share of the training set not backpropagated, over all epochs
 * @param accuracy of the last evaluated epoch
 * @param resumedFrom the barrier that this attempt went on from; null = it began with the run
 * @param bitIdentical whether an undisturbed run of this order would end in the same bits
 */
public record Run(
        TrainingOrder order,
        long attempt,
        State state,
        String reason,
        @Nullable DatasetIdentity dataset,
        long queuedMillis,
        long startedMillis,
        long endedMillis,
        List<PlacedPolicy> policies,
        List<EpochFigures> epochs,
        @Nullable Position position,
        double prePruned,
        double totalPruned,
        @Nullable Double accuracy,
        boolean bitIdentical,
        List<KeptOfClass> keptPerClass,
        String weightsChecksum,
        @Nullable Barrier resumedFrom) {

    public Run {
        policies = List.copyOf(policies);
        epochs = List.copyOf(epochs);
        keptPerClass = List.copyOf(keptPerClass);
    }

    public enum State {
        QUEUED,
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED;

        boolean isOver() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /** A policy and the first batch that was judged by it. */
    public record PlacedPolicy(long revision, Policy policy, int epoch, int batch) {}

    /**
     * Where an earlier attempt left a checkpoint.
     *
     * @param attempt that one
     * @param epoch from 1
     * @param batch how many batches of the epoch were over
     */
    public record Barrier(long attempt, int epoch, int batch) {}

    /** Where the running epoch is, and its sums so far. */
    public record Position(
            int epoch,
            int epochs,
            int batch,
            int batches,
            long seen,
            long selected,
            double maskWaitSeconds,
            double seconds) {}

    /** What a diet left of a class. */
    public record KeptOfClass(String name, int count, int kept) {}

    /** The policy it now trains under. */
    PlacedPolicy currentPolicy() {
        return policies.isEmpty() ? new PlacedPolicy(0, order.firstPolicy(), 1, 0) : policies.get(policies.size() - 1);
    }

    static Run queued(TrainingOrder order, long now) {
        return new Run(
                order,
                -1,
                State.QUEUED,
                "",
                null,
                now,
                0,
                0,
                List.of(),
                List.of(),
                null,
                0,
                0,
                null,
                true,
                List.of(),
                "",
                null);
    }

    /** This run, ended before a trainer did anything for it. */
    Run ended(State how, String why, long now) {
        return new Run(
                order,
                attempt,
                how,
                why,
                dataset,
                queuedMillis,
                startedMillis,
                now,
                policies,
                epochs,
                null,
                prePruned,
                totalPruned,
                accuracy,
                bitIdentical,
                keptPerClass,
                weightsChecksum,
                resumedFrom);
    }

    /** This run, queued still, since a trainer has it that waits for something. */
    Run waiting(String why) {
        return new Run(
                order,
                attempt,
                State.QUEUED,
                why,
                dataset,
                queuedMillis,
                startedMillis,
                0,
                policies,
                epochs,
                position,
                prePruned,
                totalPruned,
                accuracy,
                bitIdentical,
                keptPerClass,
                weightsChecksum,
                resumedFrom);
    }

    /** Batches whose mask did not come in time. */
    int maskTimeouts() {
        return epochs.stream().mapToInt(EpochFigures::maskTimeouts).sum();
    }

    /** Whether this record replaces another of the same run: a later attempt, or news of the same one. */
    boolean replaces(Run other) {
        return attempt > other.attempt || (attempt == other.attempt && !(other.state.isOver() && !state.isOver()));
    }
}
