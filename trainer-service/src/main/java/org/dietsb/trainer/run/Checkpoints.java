package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.checkpoint.LoopStateWire;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.metric.CheckpointMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunWire;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.Checkpoint;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The checkpoints of this trainer's runs. One that cannot be read, written or deleted does not end a run. */
@Singleton
public class Checkpoints {
    private static final Logger LOG = Logger.getLogger(Checkpoints.class);

    private final CheckpointFiles files;
    private final CheckpointMeters meters;
    private final OwnScores ownScores;
    private final Shutdown shutdown;
    private final Duration resumableFor;
    private final int mostResumable;

    Checkpoints(TrainerConfig config, CheckpointMeters meters, OwnScores ownScores, Shutdown shutdown) {
        this.files = new CheckpointFiles(config.checkpointDir(), config.checkpoints());
        this.meters = meters;
        this.ownScores = ownScores;
        this.shutdown = shutdown;
        this.resumableFor = config.resumableFor();
        this.mostResumable = config.mostResumable();
    }

    /**
     * Returns a keeper of an attempt's state at its barriers.
     *
     * @param fingerprint of what computes
     */
    RunJournal.Keeper keeper(TrainingOrder order, Dataset dataset, long attempt, Network network, String fingerprint) {
        String runId = order.runId();
        return new RunJournal.Keeper() {
            @Override
            public void keep(Run soFar, double beforeDiet, LoopState state) {
                Checkpoint checkpoint = LoopStateWire.toWire(state)
                        .setRun(RunWire.toWire(soFar))
                        .setFingerprint(fingerprint)
                        .setBeforeDiet(beforeDiet)
                        .build();
                long started = System.nanoTime();
                try {
                    long bytes = files.write(runId, attempt, checkpoint, network);
                    meters.written(Duration.ofNanos(System.nanoTime() - started), bytes);
                } catch (IOException failed) {
                    notWritten(state.epoch(), state.batch(), failed.toString());
                }
                shutdown.stopAttemptIfBegun();
            }

            @Override
            public void missed(int epoch, int batch) {
                notWritten(epoch, batch, "the selector did not send its state in time");
                shutdown.stopAttemptIfBegun();
            }

            @Override
            public boolean stops() {
                return shutdown.hasBegun();
            }

            private void notWritten(int epoch, int batch, String why) {
                meters.missed();
                LOG.warnf("No checkpoint of run %s at epoch %d, batch %d: %s", runId, epoch, batch, why);
            }

            @Override
            public void scored(float[] errorNorms) {
                ownScores.publish(order, dataset, errorNorms);
                LOG.infof(
                        "Run %s has the error norms of its first %d epochs: score set %s",
                        runId, order.firstPolicy().ownEpochs(), Policy.ownScores(runId));
            }
        };
    }

    /**
     * Reads the newest checkpoint of a run; returns null if it has none.
     *
     * @throws IllegalArgumentException if it is of another order or dataset
     */
    CheckpointFiles.@Nullable Saved newest(TrainingOrder order, DatasetIdentity dataset) {
        try {
            CheckpointFiles.Saved saved = files.newest(order.runId()).orElse(null);
            if (saved != null) {
                requireFits(saved, order, dataset);
            }
            return saved;
        } catch (IOException unreadable) {
            LOG.warnf(
                    "Cannot read the checkpoints of run %s, starting from the beginning: %s",
                    order.runId(), unreadable.getMessage());
            return null;
        }
    }

    /** Rejects a checkpoint of another order or dataset. */
    static void requireFits(CheckpointFiles.Saved saved, TrainingOrder order, DatasetIdentity dataset) {
        var run = saved.checkpoint().getRun();
        if (!OrderWire.fromWire(run.getOrder()).equals(order)) {
            throw new IllegalArgumentException("checkpoint " + saved.file() + " is of another order with the id "
                    + order.runId() + ": move its folder away, or order under another id");
        }
        DatasetIdentity identity = OrderWire.fromWire(run.getDataset());
        if (!identity.equals(dataset)) {
            throw new IllegalArgumentException(
                    "checkpoint " + saved.file() + " is of " + identity + ", the dataset is now " + dataset);
        }
    }

    void resumed() {
        meters.resumed();
    }

    /** Returns where the newest checkpoint of a run was written, whether it is intact or not; null if there is none. */
    public Run.@Nullable Barrier newestPlace(String runId) {
        try {
            return files.newestPlace(runId)
                    .map(place -> new Run.Barrier(place.attempt(), place.epoch(), place.batch()))
                    .orElse(null);
        } catch (IOException unreadable) {
            LOG.warnf("Cannot read the checkpoints of run %s: %s", runId, unreadable.getMessage());
            return null;
        }
    }

    /** Deletes the checkpoints of runs that are over, except of those that can be resumed and ended not long ago. */
    void tidy(List<Run> runs) {
        long since = System.currentTimeMillis() - resumableFor.toMillis();
        List<Run> over = runs.stream()
                .filter(run -> run.state().isOver() && files.has(run.id()))
                .sorted(Comparator.comparingLong(Run::endedMillis).reversed())
                .toList();
        int kept = 0;
        for (Run run : over) {
            if (run.isResumable() && run.endedMillis() >= since && kept < mostResumable) {
                kept++;
            } else {
                delete(run.id(), run.attempt());
            }
        }
    }

    private void delete(String runId, long lastAttempt) {
        try {
            files.delete(runId, lastAttempt);
        } catch (IOException failed) {
            LOG.warnf("Cannot delete the checkpoints of run %s: %s", runId, failed.getMessage());
        }
    }
}
