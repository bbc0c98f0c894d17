package org.dietsb.trainer.train;

import static org.dietsb.trainer.metric.TrainingMeters.Stage.FORWARD_BACKWARD;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.GATHER;
import static org.dietsb.trainer.metric.TrainingMeters.Stage.OPTIMIZER;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.TrainerDuties;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.loss.PassLosses;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.StepLosses;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Trains on the examples that masks select: queues them, weights them, and takes training steps. */
final class MaskSpender {
    private static final Logger LOG = Logger.getLogger(MaskSpender.class);

    private final TrainingOrder order;
    private final TrainingLoop.Learner learner;
    private final Network network;
    private final LossLog log;
    private final TrainingMeters meters;
    private final RunListener listener;
    private final Divergence divergence;
    private final StepQueue queue = new StepQueue();

    /** Weight of each example in the loss of this epoch, by index; null = all 1. */
    private float @Nullable [] epochWeights;

    /** Losses that the last step left on the device; null after they are added to the tally. */
    private @Nullable StepLosses unread;

    /** The examples of that step. */
    private int[] unreadIndices = {};

    /** Error norms of the epochs that a diet is based on; null after these epochs, and without such a diet. */
    private @Nullable ErrorNorms norms;

    MaskSpender(
            TrainingOrder order,
            TrainingLoop.Learner learner,
            LossLog log,
            TrainingMeters meters,
            RunListener listener,
            Divergence divergence) {
        this.order = order;
        this.learner = learner;
        this.network = learner.network();
        this.log = log;
        this.meters = meters;
        this.listener = listener;
        this.divergence = divergence;
        this.norms = order.firstPolicy().ownEpochs() > 0
                ? new ErrorNorms(learner.train().count())
                : null;
    }

    @Nullable
    ErrorNorms norms() {
        return norms;
    }

    void forgetNorms() {
        norms = null;
    }

    void restore(LoopState state) {
        ErrorNorms.Sums noted = state.errorNorms();
        norms = noted == null ? null : new ErrorNorms(noted);
    }

    /** Restores the middle of an epoch. */
    void restore(LoopState.Running running) {
        weightEpoch(running.kept(), running.weights());
        queue.add(running.queued().indices(), running.queued().weights());
    }

    /** Sets the weights of an epoch's examples; null = all 1. */
    void weightEpoch(int[] kept, float @Nullable [] weights) {
        if (weights == null) {
            epochWeights = null;
            return;
        }
        float[] byIndex = new float[learner.train().count()];
        for (int i = 0; i < kept.length; i++) {
            byIndex[kept[i]] = weights[i];
        }
        epochWeights = byIndex;
    }

    /** Returns the state within an epoch. */
    LoopState.Running running(int[] kept, EpochTally.Sums sums, List<LoopState.InFlight> inFlight) {
        float[] weights = null;
        if (epochWeights != null) {
            weights = new float[kept.length];
            for (int i = 0; i < kept.length; i++) {
                weights[i] = epochWeights[kept[i]];
            }
        }
        return new LoopState.Running(kept, weights, queue.waiting(), sums, inFlight);
    }

    /** Trains on what a mask selects, or queues it until a batch is full. */
    void spend(EpochTally tally, BatchAnnouncer.Announced announced, Answer.BatchMask mask, double rate) {
        Policy policy = announced.plan().stamped().policy();
        int[] indices = announced.plan().indices();
        int[] places = mask.selected();
        int[] selected = new int[places.length];
        Arrays.setAll(selected, i -> indices[places[i]]);
        float[] weights = weights(mask, selected);
        tally.selected(places, announced.losses());
        meters.batchSelected(places.length, indices.length);
        listener.batchSelected(selected);
        tally.learningRate = rate;
        tally.batch = announced.plan().batch();
        int size = order.recipe().batchSize();
        if (TrainerDuties.accumulates(policy)) {
            queue.add(selected, weights);
            while (queue.size() >= size) {
                stepOn(tally, queue.take(size), rate, false);
            }
        } else {
            spendQueue(tally, rate);
            stepOn(tally, new StepQueue.Taken(selected, weights), rate, TrainerDuties.wantsTrainedLosses(policy));
        }
    }

    /** Trains on what waits in the queue, as one batch. */
    private void spendQueue(EpochTally tally, double rate) {
        stepOn(tally, queue.take(queue.size()), rate, false);
    }

    /** Ends an epoch: trains on what is left in the queue, and waits for the device. */
    void finishEpoch(EpochTally tally) {
        spendQueue(tally, tally.learningRate);
        long waiting = System.nanoTime();
        settle(tally);
        tally.stepSeconds += TrainingLoop.secondsSince(waiting);
        if (tally.steps == 0) {
            LOG.warnf(
                    "Run %s took no step in epoch %d: no mask selected any of %d announced examples",
                    order.runId(), tally.epoch, tally.seen);
        }
    }

    /** Waits for the device, reads the losses of the last step, and rejects weights that are not finite. */
    void settle(EpochTally tally) {
        readLosses(tally);
        divergence.finite(network);
    }

    /** Returns the weight of each selected example: that of its epoch times that of its batch. */
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

    /** Takes one forward, backward and optimizer step; does nothing if nothing was selected. */
    private void stepOn(EpochTally tally, StepQueue.Taken selected, double rate, boolean reported) {
        if (selected.indices().length == 0) {
            return;
        }
        StepQueue.Taken batch = accompanied(selected);
        long begun = System.nanoTime();
        try (NDManager manager = network.manager().newSubManager()) {
            long started = System.nanoTime();
            NDArray pixels = learner.pixels(manager, order, tally.epoch, batch.indices());
            NDArray labels = learner.train().labels(manager, batch.indices());
            readLosses(tally);
            divergence.stepAt(tally.epoch, tally.batch, rate);
            meters.took(GATHER, started, network::awaitDevice);
            started = System.nanoTime();
            StepLosses losses =
                    network.forwardBackward(pixels, labels, batch.weightsOrNull(), norms != null || reported);
            meters.took(FORWARD_BACKWARD, started, network::awaitDevice);
            started = System.nanoTime();
            network.step(rate);
            meters.took(OPTIMIZER, started, network::awaitDevice);
            meters.stepped();
            unread = losses;
            unreadIndices = selected.indices();
            if (reported) {
                log.trained(tally.epoch, selected.indices(), readLosses(tally));
            }
        }
        tally.stepSeconds += TrainingLoop.secondsSince(begun);
    }

    /** Adds an example of weight 0 to a single one, if the network needs the statistics of several. */
    private StepQueue.Taken accompanied(StepQueue.Taken selected) {
        if (selected.indices().length > 1 || network.trainsSingleImages()) {
            return selected;
        }
        int index = selected.indices()[0];
        int other = (index + 1) % learner.train().count();
        // The losses are divided by the number of examples.
        return new StepQueue.Taken(new int[] {index, other}, new float[] {2 * selected.weights()[0], 0});
    }

    /** Reads the losses of the last step, once. The next step does this, so that a GPU has work while the host waits for masks. */
    PassLosses readLosses(EpochTally tally) {
        if (unread == null) {
            return PassLosses.of();
        }
        if (norms != null) {
            norms.add(unreadIndices, unread.errorNorms());
        }
        PassLosses losses = unread.fetch().first(unreadIndices.length);
        tally.stepped(divergence.finite("the loss of a step", losses.losses()));
        unread = null;
        return losses;
    }
}
