package org.dietsb.trainer.news;

import java.util.List;
import java.util.Locale;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyCourse;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * A run so far, as one of its attempts sees it. Times are in milliseconds since 1970; 0 = not yet.
 *
 * @param attempt offset of its AttemptOpened; -1 before the first attempt
 * @param policies in the order in which they took effect
 * @param prePruned share of the training set dropped by the diet of the last epoch
 * @param totalPruned share of the training set not backpropagated, over all epochs
 * @param accuracy after the last evaluated epoch
 * @param resumedFrom barrier that this attempt resumed from; null if it started from the beginning
 * @param resumed how often it was resumed after it had failed or been cancelled
 * @param trainedWith versions of what trains the attempt, for people; empty before it starts
 * @param awaitsScores whether its order is not in the queue yet: the scorer puts it there when the score set of its policy is published
 * @param bitIdentical whether an undisturbed run of this order would end with the same bits
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
        @Nullable Barrier resumedFrom,
        int resumed,
        String trainedWith,
        boolean awaitsScores) {

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

        public boolean isOver() {
            return this != QUEUED && this != RUNNING;
        }

        /** The state in lower case, as messages and meters name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A policy and the first batch that was judged by it. */
    public record PlacedPolicy(long revision, Policy policy, int epoch, int batch) {}

    /** Returns the policies that were in force; of a run without its lists, the first and the last ones. */
    public PolicyCourse course() {
        return PolicyCourse.of(policies.stream()
                .map(placed -> new PolicyCourse.Part(placed.policy(), placed.epoch(), placed.batch()))
                .toList());
    }

    /**
     * Position of a checkpoint of an earlier attempt.
     *
     * @param epoch from 1
     * @param batch number of batches of the epoch that were done
     */
    public record Barrier(long attempt, int epoch, int batch) {}

    /** Position within the running epoch, and its sums so far. */
    public record Position(
            int epoch,
            int epochs,
            int batch,
            int batches,
            long seen,
            long selected,
            double maskWaitSeconds,
            double seconds) {}

    /** Number of examples of a class, and how many of them a diet kept. */
    public record KeptOfClass(String name, int count, int kept) {}

    public String id() {
        return order.runId();
    }

    /** The policy in force. */
    public PlacedPolicy currentPolicy() {
        return policies.isEmpty() ? new PlacedPolicy(0, order.firstPolicy(), 1, 0) : policies.get(policies.size() - 1);
    }

    public static Run queued(TrainingOrder order, long now) {
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
                null,
                0,
                "",
                false);
    }

    /** Returns this queued run as one whose order is not in the queue before the scores of its policy are there. */
    public Run awaitingScores() {
        return with(state, reason, endedMillis, position, resumed, true);
    }

    /** Returns this run in another state. A run that is over has an end and no position. */
    private Run in(State otherState, String why, long end, int times) {
        return with(otherState, why, end, otherState.isOver() ? null : position, times, false);
    }

    /** Returns this run without its epochs and classes, and with the first and the last policies only. */
    Run withoutLists() {
        return new Run(
                order,
                attempt,
                state,
                reason,
                dataset,
                queuedMillis,
                startedMillis,
                endedMillis,
                PolicyCourse.shortened(policies),
                List.of(),
                position,
                prePruned,
                totalPruned,
                accuracy,
                bitIdentical,
                List.of(),
                weightsChecksum,
                resumedFrom,
                resumed,
                trainedWith,
                awaitsScores);
    }

    /** Returns this run at another position. */
    Run at(@Nullable Position other) {
        return with(state, reason, endedMillis, other, resumed, false);
    }

    private Run with(State otherState, String why, long end, @Nullable Position place, int times, boolean awaits) {
        return new Run(
                order,
                attempt,
                otherState,
                why,
                dataset,
                queuedMillis,
                startedMillis,
                end,
                policies,
                epochs,
                place,
                prePruned,
                totalPruned,
                accuracy,
                bitIdentical,
                keptPerClass,
                weightsChecksum,
                resumedFrom,
                times,
                trainedWith,
                awaits);
    }

    /** Returns this run as ended without a trainer having done anything more for it. */
    public Run ended(State how, String why, long now) {
        return in(how, why, now, resumed);
    }

    /** Returns this run as still queued, although a trainer has taken it, with the reason why it waits. */
    public Run waiting(String why) {
        return in(State.QUEUED, why, 0, resumed);
    }

    /** Returns this run, which is over, as queued again, to be resumed from its checkpoint. */
    public Run queuedAgain() {
        return in(State.QUEUED, "", 0, resumed + 1);
    }

    /** Whether the run ended in a state from which it can be resumed if it has a checkpoint. A scoring does not wait for its members. */
    public boolean isResumable() {
        return (state == State.FAILED || state == State.CANCELLED) && order.member() == null;
    }

    /** Whether this record replaces another one of the same run: it is of a later attempt, or newer within the same attempt. */
    boolean replaces(Run other) {
        if (attempt != other.attempt || resumed != other.resumed) {
            return attempt == other.attempt ? resumed > other.resumed : attempt > other.attempt;
        }
        return state.isOver() || !other.state.isOver();
    }
}
