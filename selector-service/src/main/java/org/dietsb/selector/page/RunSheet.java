package org.dietsb.selector.page;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * A run as its last event tells it.
 *
 * @param examples of its training set, before any diet; 0 until it has begun
 * @param fingerprint of its dataset; empty until it has begun
 * @param scoring that it is a member of, or empty
 * @param proxyOf the run whose proxy it is, or empty
 * @param started null while it is queued
 * @param ended null while it is not over
 * @param epochs its length; 0 as long as it is not known
 * @param epoch the running one, from 1; 0 before the run has begun
 * @param batch of batches in it, announced
 * @param accuracy on the test set, of the last evaluation; null before
 * @param placed policies in the order they took effect
 * @param figures of the epochs that are over
 */
record RunSheet(
        String id,
        long attempt,
        State state,
        String reason,
        String dataset,
        int examples,
        String fingerprint,
        String model,
        long seed,
        int batchSize,
        String scoring,
        String proxyOf,
        Instant queued,
        @Nullable Instant started,
        @Nullable Instant ended,
        int epochs,
        int epoch,
        int batch,
        int batches,
        @Nullable Double accuracy,
        Policy firstPolicy,
        List<Placed> placed,
        List<Figures> figures) {

    RunSheet {
        placed = List.copyOf(placed);
        figures = List.copyOf(figures);
    }

    enum State {
        QUEUED,
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED
    }

    /** A policy and the first batch that was judged by it; epoch from 1, batch from 0; from is that place as a share of the run. */
    record Placed(long revision, Policy policy, int epoch, int batch, double from) {}

    /**
     * An epoch that is over.
     *
     * @param accuracy on the test set; null where it was not evaluated
     * @param trainLoss mean of the steps, nats
     * @param meanLossSeen of the selection passes, nats; null where there were none
     * @param kept share of all examples that got a gradient, [0, 1]
     * @param passes over the training set, a full-size selection pass counting a third
     * @param seconds from its opening to its last step
     * @param maskWait seconds of these
     * @param share of its examples, diet applied, that were announced, (0, 1]
     */
    record Figures(
            int epoch,
            @Nullable Double accuracy,
            double trainLoss,
            @Nullable Double meanLossSeen,
            @Nullable Double meanLossSelected,
            double kept,
            double passes,
            double seconds,
            double maskWait,
            double share) {}

    boolean isLive() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    /** Share of the run that was announced, [0, 1]. */
    double progress() {
        if (state == State.COMPLETED) {
            return 1;
        }
        double over = batches == 0 ? 0 : (double) batch / batches;
        return epochs == 0 || epoch == 0 ? 0 : Math.min(1, (epoch - 1 + over) / epochs);
    }

    /** The policy that was placed last. */
    Policy policy() {
        return placed.isEmpty() ? firstPolicy : placed.get(placed.size() - 1).policy();
    }

    /** What the epochs that are over cost, as a share of training on everything; null before the first is over. */
    @Nullable
    Double cost() {
        return figures.isEmpty()
                ? null
                : Double.valueOf(figures.stream().mapToDouble(Figures::passes).sum()
                        / figures.stream().mapToDouble(Figures::share).sum());
    }
}
