package org.dietsb.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.optimize.LearningRateSchedule;
import org.dietsb.trainer.policy.Policies;
import org.dietsb.trainer.train.AnswerWaiter.AttemptEnded;
import org.dietsb.trainer.train.BatchAnnouncer.Announced;
import org.dietsb.trainer.train.BatchAnnouncer.Planned;
import org.dietsb.trainer.train.Evaluator.Evaluated;
import org.jspecify.annotations.Nullable;

/**
 * One attempt of a run, from its first epoch, or from a barrier of an earlier attempt, to its last.
 *
 * <p>With window W the selection pass of batch b runs right after the step slot of batch b - W, however early masks arrive: the work of
 * the device, and so the weights, do not depend on how long a mask travels. A batch without a selection pass is announced right
 * before that slot. Everything happens on the calling thread, which must be the only one that uses the network. *
 * <p>It may have more lines than other classes: the steps of training stand in one place, in the order in which they happen.
 */
public final class TrainingLoop {
    private final TrainingOrder order;
    private final Learner learner;
    private final LossLog log;
    private final RunListener listener;
    private final @Nullable LoopState from;

    private final BatchAnnouncer announcer;
    private final AnswerWaiter waiter;
    private final MaskSpender spender;
    private final Evaluator evaluator;
    private final Barriers barriers;
    private final RandomStream shuffles;

    /** Length of the run in epochs. */
    private double epochs;

    private LearningRateSchedule schedule;
    private long epochOpenedNanos;
    /** Seconds of an evaluation since then. */
    private double evaluationBefore;

    /** Number of batches of the running epoch before the last barrier. */
    private int batchesDone;

    /** The network and the images that it learns from and is evaluated on. */
    public record Learner(Network network, DeviceImages train, DeviceImages test) {
        NDArray pixels(NDManager manager, TrainingOrder order, int epoch, int[] indices) {
            return train.gatherAugmented(
                    manager,
                    indices,
                    order.seed(),
                    epoch,
                    order.recipe().crop(),
                    order.recipe().flip());
        }
    }

    /** The connection to the selector, and the policies that are announced to it. */
    public record Exchange(LossLog log, MaskInbox inbox, Policies policies) {}

    /** How an attempt ended. */
    public sealed interface Outcome {
        record Completed() implements Outcome {}

        /** It ended early, for the reason that the answer gives. */
        record Ended(Answer why) implements Outcome {}
    }

    /**
     * Creates the loop of an attempt.
     *
     * @param from the barrier to start from, whose tensors the network has; null = the beginning
     */
    public TrainingLoop(
            TrainingOrder order,
            Learner learner,
            Exchange exchange,
            TrainingMeters meters,
            RunListener listener,
            @Nullable LoopState from) {
        this.order = order;
        this.learner = learner;
        this.log = exchange.log();
        this.listener = listener;
        this.from = from;
        Divergence divergence = new Divergence();
        this.announcer = new BatchAnnouncer(order, learner, exchange, meters, listener, divergence);
        this.waiter = new AnswerWaiter(order, announcer, exchange, meters);
        this.spender = new MaskSpender(order, learner, exchange.log(), meters, listener, divergence);
        this.evaluator = new Evaluator(order, learner, meters, divergence);
        this.barriers = new Barriers(exchange.log(), listener, announcer, waiter, spender);
        this.shuffles = RandomStream.of("shuffle", order.seed());
        this.epochs = order.recipe().epochs();
        this.schedule = schedule(order.recipe(), epochs);
    }

    private static LearningRateSchedule schedule(TrainingOrder.Recipe recipe, double epochs) {
        return LearningRateSchedule.of(recipe.schedule(), recipe.learningRate(), recipe.warmupEpochs() / epochs);
    }

    /**
     * Trains the attempt to its end.
     *
     * @throws RunFailedException if losses or weights are no longer finite
     */
    public Outcome run() throws InterruptedException {
        try {
            trainToTheEnd();
            return new Outcome.Completed();
        } catch (AttemptEnded ended) {
            return new Outcome.Ended(ended.why());
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
        EpochTally tally = running == null ? startEpoch(openEpoch(epoch), epoch) : resumeEpoch(running, epoch);
        while (true) {
            double seconds = secondsSince(epochOpenedNanos) - evaluationBefore;
            boolean last = epoch >= lengthInEpochs();
            // An evaluation that may end the run comes before the next epoch is opened, so that none is opened in vain.
            boolean mayStop = order.stopAtAccuracy() != null && evaluator.isDue(epoch, last);
            Evaluated before = mayStop ? evaluator.evaluate() : null;
            last |= before != null && before.reaches(order.stopAtAccuracy());
            Answer.SelectorState state = last ? null : barriers.request(tally, batchesDone);
            StampedPolicy opened = last ? null : openEpoch(epoch + 1);
            Evaluated behind = !mayStop && evaluator.isDue(epoch, last) ? evaluator.evaluate() : null;
            evaluationBefore = behind == null ? 0 : behind.seconds();
            Evaluated either = before == null ? behind : before;
            listener.epochDone(tally.figures(
                    seconds, either == null ? null : either.accuracy(), either == null ? 0 : either.seconds()));
            // A trainer whose run continues elsewhere learns that at its end, before it writes results.
            Answer.SelectorState reached = opened == null ? waiter.state(tally, batchesDone, true) : state;
            if (reached != null) {
                barriers.keepEnd(epoch, batchesDone, epochs, reached);
            }
            if (opened == null) {
                return;
            }
            epoch++;
            tally = startEpoch(opened, epoch);
        }
    }

    /** Length in epochs, or a little less, so that rounding does not add an epoch. */
    private double lengthInEpochs() {
        TrainingOrder.ScoringMember member = order.member();
        return (member == null ? epochs : Math.min(epochs, member.stopAfterEpochs())) - 1e-9;
    }

    private StampedPolicy openEpoch(int epoch) {
        ErrorNorms norms = spender.norms();
        if (norms != null && epoch > order.firstPolicy().ownEpochs()) {
            // Before the epoch is opened whose diet is based on them.
            listener.scored(norms.means());
        }
        epochOpenedNanos = System.nanoTime();
        return announcer.open(epoch, (epoch - 1) / epochs);
    }

    /** Trains an epoch that has been opened. */
    private EpochTally startEpoch(StampedPolicy opened, int epoch) throws InterruptedException, AttemptEnded {
        if (epoch > order.firstPolicy().ownEpochs()) {
            spender.forgetNorms();
        }
        int[] kept = awaitKept(epoch);
        if (epoch == 1) {
            setLength(order.recipe()
                    .budget()
                    .epochs(order.recipe(), opened.policy(), learner.train().count(), kept.length));
        }
        listener.epochOpened(epoch, epochs, kept, opened.policy());
        EpochTally tally = new EpochTally(epoch);
        trainEpoch(tally, kept, 0, List.of());
        return tally;
    }

    private void setLength(double length) {
        epochs = length;
        schedule = schedule(order.recipe(), length);
    }

    private int[] awaitKept(int epoch) throws InterruptedException, AttemptEnded {
        Answer.EpochMask mask = waiter.epochMask(epoch);
        int[] kept = mask.kept();
        if (kept == null) {
            kept = new int[learner.train().count()];
            Arrays.setAll(kept, i -> i);
        }
        announcer.announceInSpans(mask.takesSpans());
        spender.weightEpoch(kept, mask.weights());
        return kept;
    }

    /** Trains the rest of an epoch. */
    private EpochTally resumeEpoch(LoopState.Running running, int epoch) throws InterruptedException, AttemptEnded {
        epochOpenedNanos = System.nanoTime() - (long) (running.sums().seconds() * 1e9);
        spender.restore(running);
        EpochTally tally = new EpochTally(epoch, running.sums());
        trainEpoch(tally, running.kept(), batchesDone, running.inFlight());
        return tally;
    }

    /**
     * Trains the batches of an epoch except the first {@code done}, with the barriers that the order asks for.
     *
     * @param resumed the batches after those that an earlier attempt has announced
     */
    private void trainEpoch(EpochTally tally, int[] kept, int done, List<LoopState.InFlight> resumed)
            throws InterruptedException, AttemptEnded {
        int[] shuffled = kept.clone();
        shuffles.shuffle(shuffled, tally.epoch);
        EpochBatches batches =
                EpochBatches.of(tally.epoch, shuffled, order.recipe().batchSize(), epochs);
        int trained = batches.trained();
        tally.share = batches.share();
        batchesDone = done;
        learner.train().expect(batches.from(done + resumed.size()));
        List<Announced> announced = BatchAnnouncer.inFlight(batches, resumed);
        int every = order.checkpointEvery() == 0 ? trained : order.checkpointEvery();
        for (int first = done; first < trained; first = batchesDone) {
            int end = (int) Math.min(trained, (first / every + 1L) * every);
            trainBatches(tally, batches, kept, end, announced);
            announced = List.of();
            batchesDone = end;
            if (end == trained) {
                break;
            }
            barriers.keepWithin(tally, kept, place(end), List.of());
        }
        spender.finishEpoch(tally);
    }

    private Barriers.Place place(int batch) {
        return new Barriers.Place(batch, epochs, secondsSince(epochOpenedNanos) - evaluationBefore);
    }

    /** Whether the loop is to stop before the next batch. The masks of a run with a proxy depend on how far both are. */
    private boolean stops() {
        return listener.stops() && order.proxy() == null && order.proxyOf() == null;
    }

    /**
     * Trains the batches after those that are done to before {@code end}. None is in flight after the last.
     *
     * @param announced the first of these batches, if they are announced already
     */
    private void trainBatches(EpochTally tally, EpochBatches batches, int[] kept, int end, List<Announced> announced)
            throws InterruptedException, AttemptEnded {
        int first = batchesDone;
        Deque<Announced> inFlight = new ArrayDeque<>(announced);
        for (int batch = first + announced.size(); batch < Math.min(first + order.window(), end); batch++) {
            inFlight.add(announcer.announce(tally, announcer.plan(batches, batch, waiter.isAlone())));
        }
        announcer.announceInTime(tally.epoch, inFlight.size());
        for (int batch = first; batch < end; batch++) {
            if (stops()) {
                throw barriers.stop(tally, kept, place(batch), inFlight);
            }
            Announced next = inFlight.remove();
            Answer.BatchMask mask = waiter.batchMask(tally, next);
            int upcoming = batch + order.window();
            Planned planned = upcoming < end ? announcer.plan(batches, upcoming, waiter.isAlone()) : null;
            // A batch that needs no losses need not wait for the step either: its mask travels meanwhile.
            if (planned != null && !planned.selectionPass()) {
                inFlight.add(announcer.announce(tally, planned));
            }
            announcer.announceInTime(tally.epoch, inFlight.size());
            spender.spend(tally, next, mask, schedule.at(next.plan().progress()));
            if (planned != null && planned.selectionPass()) {
                inFlight.add(announcer.announce(tally, planned));
            }
            listener.slotDone(
                    tally.epoch,
                    batch + 1,
                    batches.trained(),
                    new RunListener.EpochProgress(
                            tally.seen,
                            tally.selected,
                            tally.maskWaitSeconds,
                            secondsSince(epochOpenedNanos),
                            tally.maskTimeouts > 0));
        }
    }

    private void restore(LoopState state) {
        setLength(state.length());
        batchesDone = state.batch();
        waiter.restore(state);
        announcer.restore(state);
        spender.restore(state);
        log.giveState(state.selectorState());
    }

    static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
