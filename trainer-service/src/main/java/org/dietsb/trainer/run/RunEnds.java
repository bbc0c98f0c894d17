package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.train.RunFailedException;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;

/** Ends runs: writes results, publishes how a run ended. Trainer thread only, unless noted. */
@Singleton
class RunEnds {
    private static final Logger LOG = Logger.getLogger(RunEnds.class);

    private final RunRegistry registry;
    private final RunEvents events;
    private final ModelFiles models;
    private final PredictionReports reports;

    private volatile Own own = new Own("", -1);

    /** The highest attempt at the running order that is this trainer's to end. */
    private record Own(String runId, long attempt) {}

    RunEnds(RunRegistry registry, RunEvents events, ModelFiles models, PredictionReports reports) {
        this.registry = registry;
        this.events = events;
        this.models = models;
        this.reports = reports;
    }

    /** An attempt, as far as it matters to its end. */
    record Running(TrainingOrder order, Dataset dataset, KafkaLossLog log, RunJournal journal) {}

    /** Notes that this trainer may end the running order's attempts up to this one. */
    void owns(String runId, long attempt) {
        own = new Own(runId, attempt);
    }

    /** Whether the run continues elsewhere, or, if it was not begun here, is over. Thread-safe. */
    boolean isElsewhere(String runId) {
        Own here = own;
        return registry.find(runId)
                .filter(run -> here.runId.equals(runId)
                        ? run.attempt() > here.attempt
                        : run.state().isOver())
                .isPresent();
    }

    /** Whether the run was ended, or continues, elsewhere. */
    private boolean isNotOurs(Run run) {
        return run.state().isOver() || run.attempt() > own.attempt;
    }

    private boolean isNotOurs(String runId) {
        boolean elsewhere = registry.find(runId).filter(this::isNotOurs).isPresent();
        if (elsewhere) {
            LOG.infof("Run %s was ended, or continues, elsewhere", runId);
        }
        return elsewhere;
    }

    /** Ends a run that no attempt of this trainer trains. */
    void endUnstarted(Run run, String why) {
        events.publishEnd(run, Run.State.CANCELLED, why);
    }

    void cancelUnstarted(Run run) {
        endUnstarted(run, RunEvents.CANCELLED_BEFORE_START);
    }

    /** Fails a run unless it continues elsewhere. */
    void fail(TrainingOrder order, Run queued, String reason) {
        Run run = registry.find(order.runId()).orElse(queued);
        if (isNotOurs(run)) {
            LOG.infof("Run %s was ended, or continues, elsewhere; here it failed: %s", order.runId(), reason);
            return;
        }
        LOG.infof("Run %s failed: %s", order.runId(), reason);
        events.publishEnd(run, Run.State.FAILED, reason);
        reports.failed(order, Math.max(0, own.attempt), reason);
    }

    /**
     * Writes the results of an attempt that trained to its end, unless the run continues elsewhere.
     *
     * @throws RunFailedException if the run never took a step, or its predictions are not finite
     * @param startedNanos when training began, by System.nanoTime
     */
    void complete(Running attempt, Network network, DeviceImages train, long startedNanos) {
        TrainingOrder order = attempt.order;
        if (isNotOurs(order.runId())) {
            return;
        }
        if (attempt.journal.steps() == 0) {
            throw RunFailedException.noStep(order);
        }
        if (order.member() != null) {
            reports.report(
                    order,
                    attempt.log.attempt(),
                    attempt.dataset,
                    network,
                    train,
                    attempt.journal.examplesTrained(),
                    startedNanos);
        } else {
            models.write(order.runId(), network, attempt.dataset);
        }
        attempt.log.completed(attempt.journal.accuracy());
        end(attempt, Run.State.COMPLETED, "", network.checksum());
        LOG.infof("Run %s is completed", order.runId());
    }

    /** Handles an answer that ended an attempt early; returns false if another attempt is to be opened. */
    boolean endEarly(Running attempt, Answer why, boolean mayTryAgain) {
        String runId = attempt.order.runId();
        if (why instanceof Answer.Fenced fenced) {
            LOG.infof("Run %s continues elsewhere, as attempt %d", runId, fenced.byAttempt());
        } else if (why instanceof Answer.Stopped && !registry.isCancelled(runId)) {
            LOG.infof("Run %s stops with this trainer; its order will be delivered again", runId);
        } else if (why instanceof Answer.Stopped) {
            attempt.log.close("cancelled");
            end(attempt, Run.State.CANCELLED, "cancelled", "");
            reports.failed(attempt.order, attempt.log.attempt(), "its run was cancelled");
            LOG.infof("Run %s is cancelled", runId);
        } else if (why instanceof Answer.PartnerOver over) {
            attempt.log.close(over.why());
            end(attempt, Run.State.CANCELLED, over.why(), "");
            LOG.infof("Run %s ends: %s", runId, over.why());
        } else if (!(why instanceof Answer.Unknown && isNotOurs(runId))) {
            if (why instanceof Answer.Unknown && mayTryAgain) {
                LOG.infof("The selector no longer knows run %s; opening another attempt", runId);
                attempt.log.close("unknown to the selector");
                return false;
            }
            String reason =
                    why instanceof Answer.Refused refused ? refused.reason() : "the selector does not know this run";
            attempt.log.close(reason);
            end(attempt, Run.State.FAILED, reason, "");
            reports.failed(attempt.order, attempt.log.attempt(), reason);
            LOG.infof("Run %s failed: %s", runId, reason);
        }
        return true;
    }

    private void end(Running attempt, Run.State how, String reason, String weightsChecksum) {
        attempt.journal.ended(how, reason, weightsChecksum);
    }
}
