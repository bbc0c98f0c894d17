package org.dietsb.trainer.train;

import static org.dietsb.trainer.metric.TrainingMeters.Stage.EVALUATE;

import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.jspecify.annotations.Nullable;

/** Evaluates the network on the test set, after the epochs that the order names. */
final class Evaluator {
    private static final int BATCH = 128;

    private final TrainingOrder order;
    private final TrainingLoop.Learner learner;
    private final TrainingMeters meters;
    private final Divergence divergence;

    Evaluator(TrainingOrder order, TrainingLoop.Learner learner, TrainingMeters meters, Divergence divergence) {
        this.order = order;
        this.learner = learner;
        this.meters = meters;
        this.divergence = divergence;
    }

    record Evaluated(double accuracy, double seconds) {
        boolean reaches(@Nullable Double target) {
            return target != null && accuracy >= target;
        }
    }

    boolean isDue(int epoch, boolean last) {
        int every = order.evaluateEvery();
        return every > 0 && (last || epoch % every == 0);
    }

    Evaluated evaluate() {
        long started = System.nanoTime();
        Network.Evaluation evaluation = learner.network().evaluate(learner.test(), BATCH);
        meters.took(EVALUATE, started, learner.network()::awaitDevice);
        divergence.finite("the loss on the test set", evaluation.meanLoss());
        return new Evaluated((double) evaluation.correct() / evaluation.count(), TrainingLoop.secondsSince(started));
    }
}
