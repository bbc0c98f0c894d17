package org.dietsb.trainer.train;

import static org.dietsb.trainer.metric.TrainingMeters.Stage.EVALUATE;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.FORWARD_BACKWARD;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.GATHER;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.MASK_WAIT;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.OPTIMIZER;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.SELECTION_FORWARD;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.StepLosses;
import org.dietsb.trainer.optimize.LearningRateSchedule;
import org.dietsb.trainer.policy.Policies;
import org.dietsb.trainer.policy.TrainerDuties;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a run, from its first epoch, or a barrier of an earlier attempt, to its last. With window W the selection pass of batch b runs right after the
 * step slot of batch b - W, however early masks arrive: what the device computes, and so the weights, do not depend on how
 * long a mask travels. A batch without a selection pass is announced right before that slot. Everything happens on the calling thread, which must be the trainer's only one.
 */
public final class TrainingLoop {
    private static final int EVALUATION_BATCH = 128;
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    private final TrainingOrder order;
    private final int examples;
    private final Network network;
    private final DeviceImages train;
    private final DeviceImages test;
    private final LossLog log;
    private final MaskInbox inbox;
    private final Policies policies;
    private final TrainingMeters meters;
    private final RunListener listener;

    private final RandomStream shuffles;
    private final RandomStream timeouts;
    private final StepQueue queue = new StepQueue();
    private long lastToldRevision = -1;
    private long lastPlacedRevision = -1;
    /** Epoch in which the policy of that revision took effect. */
    private int placedInEpoch;

    /** How much each example counts in the loss this epoch, by index; null = all 1. */
    private float @Nullable [] epochWeights;

    /** What the last step left on the device; null once it is in the tally. */
    private @Nullable StepLosses unread;

    /** The examples that step was of. */
    private int[] unreadIndices = {};

    /** Until the epochs are over that a diet goes by; null from then on, and where none goes by any. */
    private @Nullable ErrorNorms norms;

    private boolean alone;
    private double lastKeep = 1;
    private double epochs;
    private LearningRateSchedule schedule;
    private long epochOpenedNanos;
    /** Seconds of an evaluation since then. */
    private double evaluationBefore;

    /** Batches of the running epoch before the last barrier. */
    private int batchesDone;

    private final @Nullable LoopState from;

    /** What learns, and from what. */
    public record Learner(Network network, DeviceImages train, DeviceImages test) {}

    /** The way to the selector and back, and the policies that are put to it. */
    public record Exchange(LossLog log, MaskInbox inbox, Policies policies) {}

    public TrainingLoop(
            TrainingOrder order, Learner learner, Exchange exchange, TrainingMeters meters, RunListener listener) {
        this(order, learner, exchange, meters, listener, null);
    }

    /**
     * Of a run, from its beginning or from a barrier.
     *
     * @param from the barrier, whose network the learner has; null = the beginning
     */
    public TrainingLoop(
            TrainingOrder order,
            Learner learner,
            Exchange exchange,
            TrainingMeters meters,
            RunListener listener,
            @Nullable LoopState from) {
        this.from = from;
        this.order = order;
        this.examples = learner.train().count();
        this.network = learner.network();
        this.train = learner.train();
        this.test = learner.test();
        this.log = exchange.log();
        this.inbox = exchange.inbox();
        this.policies = exchange.policies();
        this.meters = meters;
        this.listener = listener;
        this.epochs = order.recipe().epochs();
        this.schedule = schedule(order.recipe(), epochs);
        this.shuffles = RandomStream.of("shuffle", order.seed());
        this.timeouts = RandomStream.of("timeout", order.seed());
        this.norms = order.firstPolicy().ownEpochs() > 0 ? new ErrorNorms(examples) : null;
    }

    private static LearningRateSchedule schedule(TrainingOrder.Recipe recipe, double epochs) {
        return LearningRateSchedule.of(recipe.schedule(), recipe.learningRate(), recipe.warmupEpochs() / epochs);
    }

    /** How an attempt ended. */
    public sealed interface Outcome {
        record Completed() implements Outcome {}

        /** It ended early; the answer says why. */
        record Ended(Answer why) implements Outcome {}
    }

    public Outcome run() throws InterruptedException {
        try {
            trainToTheEnd();
            return new Outcome.Completed();
        } catch (AttemptEnded ended) {
            return new Outcome.Ended(ended.why);
        }
    }

    private void trainToTheEnd() throws InterruptedException, AttemptEnded {
        LoopState.Running running = null;
        int epoch = 1;
        if (from != null) {
            restore(from);
            running = from.running();
            epoch = running == null ? from.epoch() + 1 : from.epoch();
        }
        EpochTally tally = running == null ? startEpoch(openEpoch(epoch), epoch) : goOn(running, epoch);
        while (true) {
            double seconds = secondsSince(epochOpenedNanos) - evaluationBefore;
            boolean last = epoch >= lengthInEpochs();
            // What may end the run comes before the next epoch is opened, so that none is opened in vain.
            boolean mayStop = order.stopAtAccuracy() != null && isEvaluated(epoch, last);
            Evaluated before = mayStop ? evaluated() : null;
            last |= before != null && before.reaches(order.stopAtAccuracy());
            Answer.SelectorState state = last ? null : barrier(tally, batchesDone);
            StampedPolicy opened = last ? null : openEpoch(epoch + 1);
            Evaluated behind = !mayStop && isEvaluated(epoch, last) ? evaluated() : null;
            evaluationBefore = behind == null ? 0 : behind.seconds;
            Evaluated either = before == null ? behind : before;
            listener.epochDone(tally.figures(
                    seconds, either == null ? null : either.accuracy, either == null ? 0 : either.seconds));
            if (opened == null) {
                // Whoever was left behind learns it here, before results are written.
                var unused = askForState(tally, batchesDone, patience());
                return;
            }
            if (state != null) {
                listener.atBarrier(stateAt(epoch, null, state));
            }
            epoch++;
            tally = startEpoch(opened, epoch);
        }
    }

    /** Trains an epoch that has been opened. */
    private EpochTally startEpoch(StampedPolicy opened, int epoch) throws InterruptedException, AttemptEnded {
        if (epoch > order.firstPolicy().ownEpochs()) {
            norms = null;
        }
        int[] kept = awaitKept(epoch);
        if (epoch == 1) {
            epochs = order.recipe().budget().epochs(order.recipe(), opened.policy(), examples, kept.length);
            schedule = schedule(order.recipe(), epochs);
        }
        listener.epochOpened(epoch, epochs, kept, opened.policy());
        EpochTally tally = new EpochTally(epoch);
        trainEpoch(tally, kept, 0);
        return tally;
    }

    /** Trains what is left of an epoch. */
    private EpochTally goOn(LoopState.Running running, int epoch) throws InterruptedException, AttemptEnded {
        epochOpenedNanos = System.nanoTime() - (long) (running.sums().seconds() * 1e9);
        float[] weights = running.weights();
        epochWeights = weights == null ? null : byIndex(running.kept(), weights);
        queue.add(running.queued().indices(), running.queued().weights());
        EpochTally tally = new EpochTally(epoch, running.sums());
        trainEpoch(tally, running.kept(), batchesDone);
        return tally;
    }

    private void restore(LoopState state) {
        epochs = state.length();
        schedule = schedule(order.recipe(), epochs);
        lastKeep = state.lastKeep();
        lastPlacedRevision = state.placedRevision();
        placedInEpoch = state.placedInEpoch();
        batchesDone = state.batch();
        ErrorNorms.Sums noted = state.errorNorms();
        norms = noted == null ? null : new ErrorNorms(noted);
        log.giveState(state.selectorState());
    }

    private LoopState stateAt(int epoch, LoopState.@Nullable Running running, Answer.SelectorState selector) {
        return new LoopState(
                epoch,
                batchesDone,
                running,
                epochs,
                lastKeep,
                lastPlacedRevision,
                placedInEpoch,
                selector,
                norms == null ? null : norms.noted());
    }

    /** Asks the selector for its state, and writes it down; null if it does not come in time. */
    private Answer.@Nullable SelectorState barrier(EpochTally tally, int batch)
            throws InterruptedException, AttemptEnded {
        Answer.SelectorState state = askForState(tally, batch, alone ? Duration.ZERO : patience());
        if (state == null) {
            listener.barrierMissed(tally.epoch, batch);
            return null;
        }
        log.giveState(state);
        lastToldRevision = -1;
        return state;
    }

    private Answer.@Nullable SelectorState askForState(EpochTally tally, int batch, Duration patience)
            throws InterruptedException, AttemptEnded {
        inbox.stateRequested(tally.epoch, batch);
        log.requestState(tally.epoch, batch);
        long started = System.nanoTime();
        Answer answer = inbox.awaitState(patience);
        tally.maskWaitSeconds += meters.took(MASK_WAIT, started);
        if (answer instanceof Answer.SelectorState state) {
            return state;
        }
        if (!(answer instanceof Answer.TimedOut)) {
            throw new AttemptEnded(answer);
        }
        return null;
    }

    private Duration patience() {
        return order.onTimeout() == OnTimeout.WAIT ? FOR_EVER : order.maskTimeout();
    }

    private double lengthInEpochs() {
        TrainingOrder.ScoringMember member = order.member();
        return (member == null ? epochs : Math.min(epochs, member.stopAfterEpochs())) - 1e-9;
    }

    private StampedPolicy openEpoch(int epoch) {
        if (norms != null && epoch > order.firstPolicy().ownEpochs()) {
            // Before the epoch is opened whose diet goes by them.
            listener.scored(norms.means());
        }
        double progress = (epoch - 1) / epochs;
        StampedPolicy current = policies.at(epoch, progress);
        epochOpenedNanos = System.nanoTime();
        boolean whole = TrainerDuties.trainsEpochWhole(current.policy(), progress);
        inbox.opened(epoch, current.revision(), examples);
        log.openEpoch(epoch, current.revision(), untold(current), whole);
        return current;
    }

    /** The policy, if this is the first message that carries its revision. */
    private @Nullable Policy untold(StampedPolicy stamped) {
        if (stamped.revision() == lastToldRevision) {
            return null;
        }
        lastToldRevision = stamped.revision();
        return stamped.policy();
    }

    private int[] awaitKept(int epoch) throws InterruptedException, AttemptEnded {
        Answer answer = inbox.awaitEpoch(epoch);
        if (!(answer instanceof Answer.EpochMask mask)) {
            throw new AttemptEnded(answer);
        }
        int[] kept = mask.kept();
        if (kept == null) {
            kept = new int[examples];
            Arrays.setAll(kept, i -> i);
        }
        float[] weights = mask.weights();
        epochWeights = weights == null ? null : byIndex(kept, weights);
        return kept;
    }

    private static float[] of(int[] indices, float[] byIndex) {
        float[] some = new float[indices.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = byIndex[indices[i]];
        }
        return some;
    }

    private float[] byIndex(int[] kept, float[] weights) {
        float[] byIndex = new float[examples];
        for (int i = 0; i < kept.length; i++) {
            byIndex[kept[i]] = weights[i];
        }
        return byIndex;
    }

    /** Trains the batches of an epoch but the first {@code done}, with barriers between them if the order wants any. */
    private void trainEpoch(EpochTally tally, int[] kept, int done) throws InterruptedException, AttemptEnded {
        int[] shuffled = kept.clone();
        shuffles.shuffle(shuffled, tally.epoch);
        int size = order.recipe().batchSize();
        int batches = (shuffled.length + size - 1) / size;
        int trained = (int) Math.min(batches, Math.ceil((epochs - (tally.epoch - 1)) * batches - 1e-6));
        tally.share = shuffled.length == 0 ? 1 : Math.min(1, (double) trained * size / shuffled.length);
        batchesDone = done;
        int every = order.checkpointEvery() == 0 ? trained : order.checkpointEvery();
        for (int first = done; first < trained; first = batchesDone) {
            int end = (int) Math.min(trained, (first / every + 1L) * every);
            trainBatches(tally, new Batches(shuffled, batches, trained), first, end);
            batchesDone = end;
            readLosses(tally);
            Answer.SelectorState state = end < trained ? barrier(tally, end) : null;
            if (state != null) {
                EpochTally.Sums sums = tally.sums(secondsSince(epochOpenedNanos) - evaluationBefore);
                float[] weights = epochWeights == null ? null : of(kept, epochWeights);
                listener.atBarrier(
                        stateAt(tally.epoch, new LoopState.Running(kept, weights, queue.waiting(), sums), state));
            }
        }
        stepOn(tally, queue.take(queue.size()), tally.learningRate, false);
        long waiting = System.nanoTime();
        readLosses(tally);
        network.awaitDevice();
        tally.stepSeconds += secondsSince(waiting);
    }

    /**
     * The batches of an epoch.
     *
     * @param shuffled what they are of, in order
     * @param count how many that makes
     * @param trained how many of them are left to this run
     */
    private record Batches(int[] shuffled, int count, int trained) {}

    /** From the first to before the end; none is on its way at either. */
    private void trainBatches(EpochTally tally, Batches batches, int first, int end)
            throws InterruptedException, AttemptEnded {
        Deque<Announced> inFlight = new ArrayDeque<>();
        for (int batch = first; batch < Math.min(first + order.window(), end); batch++) {
            inFlight.add(announce(tally, plan(tally, batch, batches)));
        }
        for (int batch = first; batch < end; batch++) {
            Announced next = inFlight.remove();
            Answer.BatchMask mask = awaitMask(tally, next);
            int upcoming = batch + order.window();
            Planned planned = upcoming < end ? plan(tally, upcoming, batches) : null;
            // What needs no losses need not wait for the step either: its mask travels meanwhile.
            if (planned != null && !planned.selectionPass) {
                inFlight.add(announce(tally, planned));
            }
            spend(tally, next, mask);
            if (planned != null && planned.selectionPass) {
                inFlight.add(announce(tally, planned));
            }
            listener.slotDone(
                    tally.epoch,
                    batch + 1,
                    batches.trained,
                    new RunListener.EpochProgress(
                            tally.seen,
                            tally.selected,
                            tally.maskWaitSeconds,
                            secondsSince(epochOpenedNanos),
                            tally.maskTimeouts > 0));
        }
    }

    /** A batch between its announcement and its step slot. */
    private record Announced(
            int batch,
            double progress,
            StampedPolicy stamped,
            int[] indices,
            float @Nullable [] losses,
            boolean whole) {}

    /** A batch that is about to be announced: its place in the run and its policy are fixed. */
    private record Planned(
            int batch, double progress, StampedPolicy stamped, int[] indices, boolean whole, boolean selectionPass) {}

    private Planned plan(EpochTally tally, int batch, Batches batches) {
        double progress = (tally.epoch - 1 + (double) batch / batches.count) / epochs;
        StampedPolicy stamped = policies.at(tally.epoch, progress);
        if (stamped.revision() != lastPlacedRevision) {
            lastPlacedRevision = stamped.revision();
            placedInEpoch = tally.epoch;
            listener.policyPlaced(stamped.revision(), stamped.policy(), tally.epoch, batch);
        }
        boolean whole = TrainerDuties.trainsWhole(stamped.policy(), tally.epoch, progress, batch);
        int size = order.recipe().batchSize();
        int[] indices = Arrays.copyOfRange(
                batches.shuffled, batch * size, Math.min(batches.shuffled.length, (batch + 1) * size));
        int selectsFrom = Math.max(placedInEpoch, stamped.policy().ownEpochs() + 1);
        boolean wanted = TrainerDuties.wantsSelectionPass(stamped.policy(), tally.epoch - selectsFrom);
        return new Planned(batch, progress, stamped, indices, whole, wanted && !alone && !whole);
    }

    private Announced announce(EpochTally tally, Planned planned) {
        StampedPolicy stamped = planned.stamped;
        int[] indices = planned.indices;
        float[] losses = planned.selectionPass
                ? selectionPass(tally, indices, stamped.policy().selectionScale())
                : null;
        inbox.announced(tally.epoch, planned.batch, stamped.revision(), indices.length);
        log.announce(new Announcement(
                tally.epoch, planned.batch, stamped.revision(), untold(stamped), indices, losses, planned.whole));
        tally.announced(
                indices.length, stamped.revision(), losses, stamped.policy().selectionScale());
        meters.batchSeen(indices.length);
        return new Announced(planned.batch, planned.progress, stamped, indices, losses, planned.whole);
    }

    private float[] selectionPass(EpochTally tally, int[] indices, double scale) {
        long started = System.nanoTime();
        try (NDManager manager = network.manager().newSubManager()) {
            NDArray pixels = pixels(manager, tally.epoch, indices);
            return network.losses(
                    scale == 1 ? pixels : DeviceImages.scaled(pixels, scale), train.labels(manager, indices));
        } finally {
            tally.selectionSeconds += took(SELECTION_FORWARD, started);
        }
    }

    private NDArray pixels(NDManager manager, int epoch, int[] indices) {
        return train.gatherAugmented(
                manager,
                indices,
                order.seed(),
                epoch,
                order.recipe().crop(),
                order.recipe().flip());
    }

    private Answer.BatchMask awaitMask(EpochTally tally, Announced announced)
            throws InterruptedException, AttemptEnded {
        long started = System.nanoTime();
        Answer answer = inbox.awaitBatch(tally.epoch, announced.batch, alone ? Duration.ZERO : patience());
        tally.maskWaitSeconds += meters.took(MASK_WAIT, started);
        int n = announced.indices.length;
        if (answer instanceof Answer.BatchMask mask) {
            alone = false;
            lastKeep = announced.whole ? lastKeep : (double) mask.selected().length / n;
            return mask;
        }
        if (!(answer instanceof Answer.TimedOut)) {
            throw new AttemptEnded(answer);
        }
        alone = true;
        tally.maskTimeouts++;
        meters.maskTimedOut();
        log.timedOut(new TimedOutBatch(tally.epoch, announced.batch, order.onTimeout()));
        Answer.BatchMask whole = Answer.BatchMask.whole(tally.epoch, announced.batch, announced.stamped.revision(), n);
        return order.onTimeout() == OnTimeout.RANDOM && !announced.whole ? atRandom(whole, n) : whole;
    }

    private Answer.BatchMask atRandom(Answer.BatchMask whole, int n) {
        int[] places = whole.selected().clone();
        timeouts.shuffle(places, ((long) whole.epoch() << 32) | whole.batch());
        int[] some = Arrays.copyOf(places, Math.max(1, (int) Math.floor(lastKeep * n + .5 + 1e-9)));
        Arrays.sort(some);
        return new Answer.BatchMask(whole.epoch(), whole.batch(), whole.revision(), some, null);
    }

    private void spend(EpochTally tally, Announced announced, Answer.BatchMask mask) {
        int[] places = mask.selected();
        int[] selected = new int[places.length];
        Arrays.setAll(selected, i -> announced.indices[places[i]]);
        float[] weights = weights(mask, selected);
        tally.selected(places, announced.losses);
        meters.batchSelected(places.length, announced.indices.length);
        listener.batchSelected(selected);
        double rate = schedule.at(announced.progress);
        tally.learningRate = rate;
        int size = order.recipe().batchSize();
        if (TrainerDuties.accumulates(announced.stamped.policy())) {
            queue.add(selected, weights);
            while (queue.size() >= size) {
                stepOn(tally, queue.take(size), rate, false);
            }
        } else {
            stepOn(tally, queue.take(queue.size()), rate, false);
            boolean reported = TrainerDuties.wantsTrainedLosses(announced.stamped.policy());
            stepOn(tally, new StepQueue.Taken(selected, weights), rate, reported);
        }
    }

    /** One of each selected example: its epoch's times its batch's. */
    private float[] weights(Answer.BatchMask mask, int[] selected) {
        float[] ofBatch = mask.weights();
        float[] weights = ofBatch == null ? new float[selected.length] : ofBatch.clone();
        if (ofBatch == null) {
            Arrays.fill(weights, 1);
        }
        if (epochWeights != null) {
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= epochWeights[selected[i]];
            }
        }
        return weights;
    }

    /** One forward, backward and optimizer step; none if nothing was selected. */
    private void stepOn(EpochTally tally, StepQueue.Taken batch, double rate, boolean reported) {
        if (batch.indices().length == 0) {
            return;
        }
        long begun = System.nanoTime();
        try (NDManager manager = network.manager().newSubManager()) {
            long started = System.nanoTime();
            NDArray pixels = pixels(manager, tally.epoch, batch.indices());
            NDArray labels = train.labels(manager, batch.indices());
            readLosses(tally);
            took(GATHER, started);
            started = System.nanoTime();
            StepLosses losses = network.forwardBackward(pixels, labels, batch.weightsOrNull(), norms != null);
            took(FORWARD_BACKWARD, started);
            started = System.nanoTime();
            network.step(rate);
            took(OPTIMIZER, started);
            meters.stepped();
            unread = losses;
            unreadIndices = batch.indices();
            if (reported) {
                log.trained(tally.epoch, batch.indices(), readLosses(tally));
            }
        }
        tally.stepSeconds += secondsSince(begun);
    }

    /** Losses of the last step, once: the step after it reads them, so that a GPU has work while the host sees to its masks. */
    private float[] readLosses(EpochTally tally) {
        if (unread == null) {
            return new float[0];
        }
        if (norms != null) {
            norms.add(unreadIndices, unread.errorNorms());
        }
        float[] losses = unread.fetch();
        unread = null;
        tally.stepped(losses);
        return losses;
    }

    /** Notes how long the device's stage took, in seconds; waits for its end if that is to be measured. */
    private double took(TrainingMeters.Stage stage, long started) {
        if (meters.wantWholeStages()) {
            network.awaitDevice();
        }
        return meters.took(stage, started);
    }

    private boolean isEvaluated(int epoch, boolean last) {
        int every = order.evaluateEvery();
        return every > 0 && (last || epoch % every == 0);
    }

    private record Evaluated(double accuracy, double seconds) {
        boolean reaches(@Nullable Double target) {
            return target != null && accuracy >= target;
        }
    }

    private Evaluated evaluated() {
        long started = System.nanoTime();
        var evaluation = network.evaluate(test, EVALUATION_BATCH);
        took(EVALUATE, started);
        return new Evaluated((double) evaluation.correct() / evaluation.count(), secondsSince(started));
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }

    /** Carries an answer that ends the attempt out of the loop. */
    private static final class AttemptEnded extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Answer why;

        AttemptEnded(Answer why) {
            super(why.toString());
            this.why = why;
        }
    }
}
