package org.dietsb.trainer.train;

import static org.dietsb.trainer.metric.TrainingMeters.Stage.SELECTION_FORWARD;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.contracts.policy.TrainerDuties;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.metric.TrainingMeters;
import org.jspecify.annotations.Nullable;

/** Announces epochs and batches to the selector: stamps the policy in force, and runs the selection pass that it needs. */
final class BatchAnnouncer {
    /** Maximum number of examples of a span of several batches, because a broker accepts no message above 1 MB. */
    private static final int MOST_EXAMPLES = 100_000;

    private final TrainingOrder order;
    private final TrainingLoop.Learner learner;
    private final TrainingLoop.Exchange exchange;
    private final TrainingMeters meters;
    private final RunListener listener;
    private final Divergence divergence;

    private long sentRevision = -1;
    private long placedRevision = -1;
    /** Epoch in which the policy of that revision took effect. */
    private int placedInEpoch;

    private @Nullable Opened openedLast;

    /** Whether the selector takes spans in this epoch. */
    private boolean spans;
    /** Batches that wait to be announced in one span: consecutive, of one revision, and none needs losses. */
    private final List<Planned> held = new ArrayList<>();

    private int examplesHeld;

    private record Opened(StampedPolicy policy, boolean whole) {}

    BatchAnnouncer(
            TrainingOrder order,
            TrainingLoop.Learner learner,
            TrainingLoop.Exchange exchange,
            TrainingMeters meters,
            RunListener listener,
            Divergence divergence) {
        this.order = order;
        this.learner = learner;
        this.exchange = exchange;
        this.meters = meters;
        this.listener = listener;
        this.divergence = divergence;
    }

    /** A batch that is about to be announced: its place in the run and its policy are fixed. */
    record Planned(
            int batch, double progress, StampedPolicy stamped, int[] indices, boolean whole, boolean selectionPass) {}

    /** A batch between its announcement and its step slot, with its selection pass, if it had one. */
    record Announced(Planned plan, @Nullable PassLosses pass) {
        float @Nullable [] losses() {
            return pass == null ? null : pass.losses();
        }
    }

    long placedRevision() {
        return placedRevision;
    }

    int placedInEpoch() {
        return placedInEpoch;
    }

    void restore(LoopState state) {
        placedRevision = state.placedRevision();
        placedInEpoch = state.placedInEpoch();
    }

    /** Sends the policy again with the next message: a log that was compacted up to a barrier is complete from there on. */
    void forgetSentPolicy() {
        sentRevision = -1;
    }

    /** Opens an epoch and returns its policy. */
    StampedPolicy open(int epoch, double progress) {
        StampedPolicy current = exchange.policies().at(epoch, progress);
        exchange.inbox().opened(epoch, current.revision(), learner.train().count());
        boolean whole = TrainerDuties.trainsEpochWhole(current.policy(), progress);
        openedLast = new Opened(current, whole);
        exchange.log().openEpoch(epoch, current.revision(), unsent(current), whole);
        return current;
    }

    /** Asks for the mask of the epoch that was opened last again: there has been no answer. */
    void openAgain(int epoch) {
        Opened last = Objects.requireNonNull(openedLast, "an epoch is open");
        exchange.log().openEpoch(epoch, last.policy.revision(), last.policy.policy(), last.whole);
    }

    /** Returns the policy if this is the first message with its revision, else null. */
    private @Nullable Policy unsent(StampedPolicy stamped) {
        if (stamped.revision() == sentRevision) {
            return null;
        }
        sentRevision = stamped.revision();
        return stamped.policy();
    }

    /**
     * Plans a batch.
     *
     * @param alone whether the loop does not wait for masks, so that losses are not needed
     */
    Planned plan(EpochBatches batches, int batch, boolean alone) {
        int epoch = batches.epoch();
        double progress = batches.progressAt(batch);
        StampedPolicy stamped = exchange.policies().at(epoch, progress);
        Policy policy = stamped.policy();
        if (stamped.revision() != placedRevision) {
            placedRevision = stamped.revision();
            placedInEpoch = epoch;
            listener.policyPlaced(stamped.revision(), policy, epoch, batch);
        }
        boolean whole = TrainerDuties.trainsWhole(policy, epoch, progress, batch);
        int selectsFrom = Math.max(placedInEpoch, policy.ownEpochs() + 1);
        boolean wanted = TrainerDuties.wantsSelectionPass(policy, epoch - selectsFrom);
        return new Planned(batch, progress, stamped, batches.indices(batch), whole, wanted && !alone && !whole);
    }

    /** Sets whether the batches of the epoch that begins may be announced in spans. */
    void announceInSpans(boolean takesSpans) {
        spans = takesSpans && order.proxy() == null && order.proxyOf() == null;
        exchange.log().takesSpans(spans);
    }

    /** Announces a batch, after its selection pass if it needs one, or holds it back to announce it in a span. */
    Announced announce(EpochTally tally, Planned planned) {
        int[] indices = planned.indices;
        StampedPolicy stamped = planned.stamped;
        double scale = stamped.policy().selectionScale();
        boolean free = spans && TrainerDuties.isFreeOfLosses(stamped.policy(), planned.whole);
        boolean fits = held.isEmpty()
                || (held.get(0).stamped.revision() == stamped.revision()
                        && examplesHeld + indices.length <= MOST_EXAMPLES);
        if (!free || !fits) {
            announceHeld(tally.epoch);
        }
        PassLosses pass = planned.selectionPass ? selectionPass(tally, indices, scale) : null;
        if (free) {
            held.add(planned);
            examplesHeld += indices.length;
        } else {
            exchange.log().announce(announcement(tally.epoch, planned, pass));
        }
        Announced announced = new Announced(planned, pass);
        tally.announced(indices.length, stamped.revision(), announced.losses(), scale);
        meters.batchSeen(indices.length);
        return announced;
    }

    /** Returns the announcement of a batch, whose mask is expected from here on. */
    private Announcement announcement(int epoch, Planned planned, @Nullable PassLosses pass) {
        long revision = planned.stamped.revision();
        exchange.inbox().announced(epoch, planned.batch, revision, planned.indices.length);
        return new Announcement(
                epoch, planned.batch, revision, unsent(planned.stamped), planned.indices, pass, planned.whole);
    }

    /**
     * Announces the batches that are held back if few others are under way: a quarter of a window at most, for which the masks have
     * time to travel.
     *
     * @param inFlight number of batches before their step slots, with those that are held back
     */
    void announceInTime(int epoch, int inFlight) {
        if (inFlight - held.size() <= order.window() / 4) {
            announceHeld(epoch);
        }
    }

    /** Returns the batches that were in flight at a barrier, which are not announced again. */
    static List<Announced> inFlight(EpochBatches batches, List<LoopState.InFlight> then) {
        List<Announced> announced = new ArrayList<>();
        for (LoopState.InFlight one : then) {
            int batch = one.mask().batch();
            Planned planned = new Planned(
                    batch, batches.progressAt(batch), one.policy(), batches.indices(batch), one.whole(), false);
            float[] losses = one.losses();
            announced.add(new Announced(planned, losses == null ? null : PassLosses.of(losses)));
        }
        return announced;
    }

    /** Announces the batches that are held back. */
    void announceHeld(int epoch) {
        List<Announcement> span =
                held.stream().map(planned -> announcement(epoch, planned, null)).toList();
        held.clear();
        examplesHeld = 0;
        if (span.size() == 1) {
            exchange.log().announce(span.get(0));
        } else if (!span.isEmpty()) {
            exchange.log().announceSpan(span);
        }
    }

    /** Asks for the mask of a batch again: there has been no answer. */
    void announceAgain(int epoch, Announced batch) {
        Planned plan = batch.plan;
        StampedPolicy stamped = plan.stamped;
        exchange.log()
                .announce(new Announcement(
                        epoch, plan.batch, stamped.revision(), stamped.policy(), plan.indices, batch.pass, plan.whole));
    }

    private PassLosses selectionPass(EpochTally tally, int[] indices, double scale) {
        long started = System.nanoTime();
        try (NDManager manager = learner.network().manager().newSubManager()) {
            NDArray pixels = learner.pixels(manager, order, tally.epoch, indices);
            PassLosses pass = learner.network()
                    .selectionPass(
                            scale == 1 ? pixels : DeviceImages.scaled(pixels, scale),
                            learner.train().labels(manager, indices));
            return new PassLosses(divergence.finite("the loss of a selection pass", pass.losses()), pass.correct());
        } finally {
            tally.selectionSeconds += meters.took(SELECTION_FORWARD, started, learner.network()::awaitDevice);
        }
    }
}
