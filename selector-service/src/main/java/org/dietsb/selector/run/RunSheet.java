package org.dietsb.selector.run;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyCourse;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.run.LateMasks;
import org.dietsb.contracts.run.Waiting;
import org.jspecify.annotations.Nullable;

/**
 * A run as its last event describes it.
 *
 * @param attempt number of the attempt, meaningful once the run has started
 * @param examples size of the training set, before any diet; 0 until the run has begun
 * @param fingerprint of the dataset; empty until the run has begun
 * @param scoring id of the scoring that the run is a member of; empty if none
 * @param proxyOf id of the run whose proxy this is; empty if none
 * @param foreign whether a loop of its own trains the run, and not a trainer
 * @param started null while the run is queued
 * @param ended null until the run is over
 * @param epochs length of the run; 0 until it is known
 * @param epoch the running epoch, from 1; 0 before the run has begun
 * @param batch number of the epoch's batches that were announced
 * @param batches number of batches of the epoch
 * @param accuracy on the test set, of the last evaluation; null before the first
 * @param firstPolicyKnown false if it is of a kind that this version does not know, and baseline stands for it
 * @param placed policies in the order in which they came into force
 * @param figures of the completed epochs; none if the run is over and they are in the topic only
 * @param cost of the completed epochs as a share of training on everything; null before the first is completed
 * @param ordered the other settings of its order
 * @param trainedWith versions of what trains it, for people; empty before it starts, and of trainers of earlier versions
 * @param resumed how often the run was resumed after it had failed or been cancelled
 */
public record RunSheet(
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
        boolean foreign,
        Instant queued,
        @Nullable Instant started,
        @Nullable Instant ended,
        int epochs,
        int epoch,
        int batch,
        int batches,
        @Nullable Double accuracy,
        Policy firstPolicy,
        boolean firstPolicyKnown,
        List<Placed> placed,
        List<Figures> figures,
        @Nullable Double cost,
        Ordered ordered,
        String trainedWith,
        int resumed) {

    public RunSheet {
        placed = List.copyOf(placed);
        figures = List.copyOf(figures);
    }

    /** State of a run. */
    public enum State {
        QUEUED,
        RUNNING,
        COMPLETED,
        FAILED,
        CANCELLED
    }

    /**
     * A policy and the first batch that it judged: epoch from 1, batch from 0; from is that place as a share of the run.
     *
     * @param known false if the policy is of a kind that this version does not know, and baseline stands for it
     */
    public record Placed(long revision, Policy policy, boolean known, int epoch, int batch, double from) {}

    /**
     * Result and cost of a completed epoch.
     *
     * @param accuracy on the test set; null if it was not evaluated
     * @param trainLoss mean of the steps, in nats; null if there were none
     * @param meanLossSeen mean of the selection passes, in nats; null if there were none
     * @param meanLossSelected mean of the selected examples, in nats; null if there were none
     * @param kept share of all examples that got a gradient, [0, 1]
     * @param passes over the training set; a full-size selection pass counts as a third
     * @param backwardExamples example-passes of the steps
     * @param selectionExamples example-passes for selection only
     * @param seconds from the opening to the last step
     * @param selectionSeconds part of the seconds spent in selection passes
     * @param stepSeconds part of the seconds spent in training steps
     * @param maskWait part of the seconds spent waiting for masks
     * @param share of the examples, diet applied, that were announced, (0, 1]; less than 1 if a budget ended the run within the epoch
     * @param steps of the optimizer
     * @param maskTimeouts number of masks that timed out
     */
    public record Figures(
            int epoch,
            @Nullable Double accuracy,
            @Nullable Double trainLoss,
            @Nullable Double meanLossSeen,
            @Nullable Double meanLossSelected,
            double kept,
            double passes,
            long backwardExamples,
            long selectionExamples,
            double seconds,
            double selectionSeconds,
            double stepSeconds,
            double maskWait,
            double share,
            long steps,
            int maskTimeouts) {}

    /** Whether the run is queued or running. */
    public boolean isLive() {
        return state == State.QUEUED || state == State.RUNNING;
    }

    /** Share of the run that was announced, [0, 1]. */
    public double progress() {
        if (state == State.COMPLETED) {
            return 1;
        }
        double over = batches == 0 ? 0 : (double) batch / batches;
        return epochs == 0 || epoch == 0 ? 0 : Math.min(1, (epoch - 1 + over) / epochs);
    }

    /** The policy that came into force last. */
    public Policy policy() {
        return placed.isEmpty() ? firstPolicy : placed.get(placed.size() - 1).policy();
    }

    /** Whether that policy is of a kind that this version knows; if not, baseline stands for it. */
    public boolean isPolicyKnown() {
        return placed.isEmpty()
                ? firstPolicyKnown
                : placed.get(placed.size() - 1).known();
    }

    /** Returns the policies that were in force; of a run without its lists, the first and the last ones. */
    public PolicyCourse course() {
        return PolicyCourse.of(placed.stream()
                .map(one -> new PolicyCourse.Part(one.policy(), one.epoch(), one.batch()))
                .toList());
    }

    /** Returns why the run shows nothing about one policy; empty if it shows something. */
    public String noEvidence() {
        return course().isSwapped() ? "had several policies" : lateMasks();
    }

    /** Returns how many masks timed out, such as "69 of 948 masks timed out"; empty if so few did that it makes no difference. */
    public String lateMasks() {
        // A baseline trains whole batches anyway.
        return firstPolicy.kind() == PolicyKind.BASELINE && firstPolicyKnown
                ? ""
                : LateMasks.words(
                        figures.stream().mapToLong(Figures::maskTimeouts).sum(),
                        figures.stream().mapToLong(Figures::steps).sum());
    }

    /** How long the run, which is running, will hold its trainer. */
    Waiting.Busy busy() {
        double seconds =
                figures.stream().mapToDouble(Figures::seconds).average().orElse(Double.NaN);
        return Waiting.Busy.of(id, epoch, epochs, (double) batch / Math.max(1, batches), seconds);
    }

    /** How many seconds it will run on, if the epochs to come take as long as those before; null if that is not known yet. */
    public @Nullable Double secondsLeft() {
        double left = busy().secondsLeft();
        return Double.isNaN(left) ? null : (Double) left;
    }

    /** Returns the cost of epochs as a share of training on everything; null if there are none. */
    static @Nullable Double costOf(List<Figures> epochs) {
        return epochs.isEmpty()
                ? null
                : Double.valueOf(epochs.stream().mapToDouble(Figures::passes).sum()
                        / epochs.stream().mapToDouble(Figures::share).sum());
    }

    /** Returns this run without its completed epochs, and with the first and the last policies only. */
    RunSheet withoutLists() {
        return new RunSheet(
                id,
                attempt,
                state,
                reason,
                dataset,
                examples,
                fingerprint,
                model,
                seed,
                batchSize,
                scoring,
                proxyOf,
                foreign,
                queued,
                started,
                ended,
                epochs,
                epoch,
                batch,
                batches,
                accuracy,
                firstPolicy,
                firstPolicyKnown,
                PolicyCourse.shortened(placed),
                List.of(),
                cost,
                ordered,
                trainedWith,
                resumed);
    }

    /** The key of the run's last event on run-events. */
    String key() {
        return id + "/" + (started == null ? "queued" : attempt);
    }

    /** The place of the next batch to be announced. */
    public Moment.Place place() {
        return new Moment.Place(epoch, progress());
    }

    /** The last epoch that there may be. */
    public int lastEpoch() {
        return epochs == 0 ? Integer.MAX_VALUE : epochs;
    }

    /** Returns the place of a moment. */
    public Moment.Place placeOf(Moment moment) {
        if (moment instanceof Moment.EpochBegins begins) {
            return new Moment.Place(begins.epoch(), epochs == 0 ? 0 : (begins.epoch() - 1) / (double) epochs);
        }
        double share = ((Moment.Progress) moment).share();
        return new Moment.Place((int) (share * epochs) + 1, share);
    }

    /** Whether this is later than another event of the same run. A queued run has no attempt yet, and the first may be number 0. */
    boolean isLaterThan(RunSheet other) {
        return other.started == null || (started != null && attempt >= other.attempt);
    }
}
