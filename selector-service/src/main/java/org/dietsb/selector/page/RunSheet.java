package org.dietsb.selector.page;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * A run as of its last event.
 *
 * @param examples size of the training set before any diet; 0 until the run starts
 * @param fingerprint of the dataset; empty until the run starts
 * @param proxyOf the run whose proxy this run is, or empty
 * @param started null while the run is queued
 * @param epochs length of the run; 0 if unknown
 * @param epoch the current epoch, from 1; 0 until the run starts
 * @param batch number of announced batches of the current epoch, out of {@code batches}
 * @param accuracy on the test set at the last evaluation; null before the first one
 * @param placed policies in the order in which they took effect
 * @param figures of the finished epochs
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
        String proxyOf,
        Instant queued,
        @Nullable Instant started,
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

    /** A policy and the first batch it judges: epoch from 1, batch from 0, and {@code from}, the position as a share of the run. */
    record Placed(long revision, Policy policy, int epoch, int batch, double from) {}

    /**
     * A finished epoch.
     *
     * @param accuracy on the test set; null if the epoch was not evaluated
     * @param trainLoss mean over the steps, nats
     * @param meanLossSeen mean loss in the selection passes, nats; null if there were none
     * @param meanLossSelected mean loss of the selected examples, nats; null if there were no selection passes
     * @param kept share of all examples that received a gradient, [0, 1]
     * @param passes over the training set; a full-size selection pass counts as one third
     * @param seconds from the start of the epoch to its last step
     * @param maskWait the part of {@code seconds} spent waiting for masks
     * @param share of the epoch's examples, after the diet, that were announced, (0, 1]
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

    /** Returns the announced share of the run, [0, 1]. */
    double progress() {
        if (state == State.COMPLETED) {
            return 1;
        }
        double over = batches == 0 ? 0 : (double) batch / batches;
        return epochs == 0 || epoch == 0 ? 0 : Math.min(1, (epoch - 1 + over) / epochs);
    }

    /** Returns the policy placed last. */
    Policy policy() {
        return placed.isEmpty() ? firstPolicy : placed.get(placed.size() - 1).policy();
    }

    /** Returns the cost of the finished epochs as a share of training on everything; null before the first epoch ends. */
    @Nullable
    Double cost() {
        return figures.isEmpty()
                ? null
                : Double.valueOf(figures.stream().mapToDouble(Figures::passes).sum()
                        / figures.stream().mapToDouble(Figures::share).sum());
    }
}
