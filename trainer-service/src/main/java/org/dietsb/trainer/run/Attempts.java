package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.checkpoint.LoopStateWire;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.PictureLostException;
import org.dietsb.trainer.gauge.RunGauges;
import org.dietsb.trainer.gauge.Usage;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunWire;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.RunFailedException;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.Checkpoint;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Trains single attempts: loads the network, opens the attempt, resumes from a checkpoint, runs the loop. Trainer thread only. */
@Singleton
class Attempts {
    private static final Logger LOG = Logger.getLogger(Attempts.class);

    private final SelectorLink selector;
    private final NetworkLoader networks;
    private final Checkpoints checkpoints;
    private final RunEnds ends;
    private final Partners partners;
    private final Shutdown shutdown;
    private final RunEvents events;
    private final RunGauges gauges;
    private final TrainingMeters meters;
    private final Watchdog watchdog;

    Attempts(
            SelectorLink selector,
            NetworkLoader networks,
            Checkpoints checkpoints,
            RunEnds ends,
            Partners partners,
            Shutdown shutdown,
            RunEvents events,
            RunGauges gauges,
            TrainingMeters meters,
            Watchdog watchdog) {
        this.selector = selector;
        this.networks = networks;
        this.checkpoints = checkpoints;
        this.ends = ends;
        this.partners = partners;
        this.shutdown = shutdown;
        this.events = events;
        this.gauges = gauges;
        this.meters = meters;
        this.watchdog = watchdog;
    }

    /**
     * Trains one attempt; returns false if the selector did not know it and another one is to be opened.
     *
     * @param before the run before this attempt
     */
    boolean train(TrainingOrder order, Dataset dataset, Run before, boolean mayTryAgain) throws InterruptedException {
        MaskInbox inbox = new MaskInbox(meters::maskReturned);
        CheckpointFiles.Saved saved = checkpoints.newest(order, dataset.identity());
        try (Network network = networks.load(order, dataset, saved);
                DeviceImages train = networks.images(network, dataset, dataset.train());
                DeviceImages test = networks.images(network, dataset, dataset.test());
                KafkaMaskReader masks = selector.masks(order, dataset.train().count())) {
            network.requireFits(train);
            Checkpoint checkpoint = saved == null ? null : saved.checkpoint();
            // Its tensors are in the network now, and are not to be kept in memory twice.
            saved = null;
            partners.stopWhenCancelled(order, inbox);
            shutdown.attemptOpens(inbox);
            KafkaLossLog log = selector.open(order, dataset.identity());
            ends.owns(order.runId(), log.attempt());
            partners.stopWhenElsewhere(order, log.attempt(), inbox);
            log.whenRefused(inbox::offer);
            masks.start(log.attempt(), inbox);
            partners.endWithPartner(order, inbox);
            RunJournal journal = journal(order, dataset, before, log.attempt(), network, checkpoint);
            RunEnds.Running running = new RunEnds.Running(order, dataset, log, journal);
            try {
                LoopState from = checkpoint == null ? null : resume(checkpoint, journal);
                TrainingLoop.Exchange exchange =
                        new TrainingLoop.Exchange(log, inbox, selector.policies(order, before, from));
                shutdown.attemptRuns(journal);
                journal.started();
                partners.awaitRunOfProxy(order);
                long started = System.nanoTime();
                TrainingLoop.Outcome outcome = new TrainingLoop.Outcome.Completed();
                if (from != null && journal.isTrained(from)) {
                    // For what the selector reports of the run.
                    log.giveState(from.selectorState());
                } else {
                    TrainingLoop.Learner learner = new TrainingLoop.Learner(network, train, test);
                    outcome = new TrainingLoop(order, learner, exchange, meters, journal, from).run();
                }
                meters.masksDropped(inbox.dropped());
                if (outcome instanceof TrainingLoop.Outcome.Ended ended) {
                    return ends.endEarly(running, ended.why(), mayTryAgain);
                }
                ends.complete(running, network, train, started);
                return true;
            } catch (RuntimeException | Error failed) {
                log.close(
                        failed instanceof RunFailedException || failed instanceof PictureLostException
                                ? String.valueOf(failed.getMessage())
                                : failed.toString());
                throw failed;
            }
        } finally {
            shutdown.attemptOver();
            partners.forget(order);
            gauges.leaveUnlessOver(order.runId());
        }
    }

    private RunJournal journal(
            TrainingOrder order,
            Dataset dataset,
            Run before,
            long attempt,
            Network network,
            @Nullable Checkpoint checkpoint) {
        String fingerprint = networks.fingerprint();
        // Equal bits are guaranteed on the CPU only, and only while it is the same throughout the run.
        boolean bitIdentical = !networks.isOnGpu()
                && (checkpoint == null || checkpoint.getFingerprint().equals(fingerprint));
        Usage usage = new Usage(dataset.train().count());
        return new RunJournal(
                order,
                dataset,
                attempt,
                before.queuedMillis(),
                before.resumed(),
                bitIdentical,
                networks.versions(),
                usage,
                run -> {
                    watchdog.sign();
                    events.publish(run);
                    gauges.show(run, usage);
                },
                checkpoints.keeper(order, dataset, attempt, network, fingerprint),
                System::nanoTime);
    }

    private LoopState resume(Checkpoint checkpoint, RunJournal journal) {
        LoopState state = LoopStateWire.fromWire(checkpoint);
        Run soFar = RunWire.fromWire(checkpoint.getRun());
        journal.resume(soFar, checkpoint.getBeforeDiet(), state);
        checkpoints.resumed();
        LOG.infof(
                "Run %s resumes from epoch %d, batch %d of attempt %d",
                soFar.id(), state.epoch(), state.batch(), soFar.attempt());
        return state;
    }
}
