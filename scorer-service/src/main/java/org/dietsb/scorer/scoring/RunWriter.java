package org.dietsb.scorer.scoring;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jboss.logging.Logger;

/** Writes what the scorer has to say about runs: orders, that they are queued, and requests to cancel them. */
final class RunWriter {
    private static final Logger LOG = Logger.getLogger(RunWriter.class);

    private final ScoringBook book;
    private final ScoringTopics topics;

    RunWriter(ScoringBook book, ScoringTopics topics) {
        this.book = book;
        this.topics = topics;
    }

    /** Tells of the queued run before it orders it, as a trainer does, so that everybody knows a run that may begin. */
    void order(TrainingOrder order) throws ScoringTopics.NotStored, InterruptedException {
        String runId = order.getRunId();
        if (!book.knows(runId)) {
            Run queued = Run.newBuilder()
                    .setOrder(order)
                    .setState(Run.State.QUEUED)
                    .setQueuedMillis(System.currentTimeMillis())
                    .build();
            topics.store(ScoringTopics.RUNS, Map.of(queuedKey(runId), event(queued)));
        }
        topics.store(ScoringTopics.ORDERS, Map.of(runId, order.toByteArray()));
    }

    /** Queues a run. Its order is stored before the news that it awaits no scores: what a crash leaves out, the next scorer does. */
    void release(Duty.Release due) throws ScoringTopics.NotStored, InterruptedException {
        TrainingOrder order = due.run().getOrder();
        String runId = order.getRunId();
        if (book.isAwaiting(runId) && !book.isReleased(runId)) {
            topics.store(ScoringTopics.ORDERS, Map.of(runId, order.toByteArray()));
            LOG.infof(
                    "Run %s is queued: scoring %s has ended",
                    runId, order.getFirstPolicy().getScoreSet());
        }
        if (book.isAwaiting(runId)) {
            Run queued = due.run().toBuilder().clearAwaitsScores().build();
            topics.store(ScoringTopics.RUNS, Map.of(queuedKey(runId), event(queued)));
        }
    }

    /** Ends a run that gets no scores. */
    void abandon(Duty.Abandon due) throws ScoringTopics.NotStored, InterruptedException {
        String runId = due.run().getOrder().getRunId();
        if (book.isAwaiting(runId)) {
            Run failed = due.run().toBuilder()
                    .clearAwaitsScores()
                    .setState(Run.State.FAILED)
                    .setReason(due.reason())
                    .setEndedMillis(System.currentTimeMillis())
                    .build();
            topics.store(ScoringTopics.RUNS, Map.of(queuedKey(runId), event(failed)));
        }
    }

    /** Cancels a member of a scoring that has ended without scores. */
    void cancel(Duty.Cancel due) throws ScoringTopics.NotStored, InterruptedException {
        Map<String, byte[]> events = new LinkedHashMap<>();
        Run end = due.end();
        if (end != null) {
            events.put(queuedKey(due.runId()), event(end));
        }
        CancelRequested request = CancelRequested.newBuilder()
                .setRunId(due.runId())
                .setResumed(due.resumed())
                .setWho("scorer")
                .setEpochMillis(System.currentTimeMillis())
                .build();
        events.put(
                due.runId() + "/cancel",
                RunEvent.newBuilder().setCancelRequested(request).build().toByteArray());
        topics.store(ScoringTopics.RUNS, events);
    }

    static String queuedKey(String runId) {
        return runId + "/queued";
    }

    private static byte[] event(Run run) {
        return RunEvent.newBuilder().setRun(run).build().toByteArray();
    }
}
