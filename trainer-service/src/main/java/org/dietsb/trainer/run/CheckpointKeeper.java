package org.dietsb.trainer.run;

import org.dietsb.trainer.checkpoint.LoopStateWire;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunWire;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;

/**
 * Keeps the state of one attempt at its barriers, and its error norms.
 *
 * @param fingerprint of what computes
 */
record CheckpointKeeper(
        Checkpoints checkpoints,
        OwnScores ownScores,
        Shutdown shutdown,
        TrainingOrder order,
        Dataset dataset,
        long attempt,
        Network network,
        String fingerprint)
        implements RunJournal.Keeper {
    private static final Logger LOG = Logger.getLogger(CheckpointKeeper.class);

    @Override
    public void keep(Run soFar, double beforeDiet, LoopState state) {
        checkpoints.write(
                order.runId(),
                attempt,
                LoopStateWire.toWire(state)
                        .setRun(RunWire.toWire(soFar))
                        .setFingerprint(fingerprint)
                        .setBeforeDiet(beforeDiet)
                        .build(),
                network);
        shutdown.stopAttemptIfBegun();
    }

    @Override
    public void missed(int epoch, int batch) {
        checkpoints.missed(order.runId(), epoch, batch, "the selector did not send its state in time");
        shutdown.stopAttemptIfBegun();
    }

    @Override
    public void scored(float[] errorNorms) {
        ownScores.publish(order, dataset, errorNorms);
        LOG.infof(
                "Run %s has the error norms of its first %d epochs: score set %s",
                order.runId(), order.firstPolicy().ownEpochs(), TrainingOrder.ownScores(order.runId()));
    }
}
