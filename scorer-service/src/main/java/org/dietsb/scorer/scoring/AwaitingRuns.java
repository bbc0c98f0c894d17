package org.dietsb.scorer.scoring;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.TrainingOrder;

/** The queued runs whose orders are not in the queue yet, because they await the scores of their policies. Not thread-safe. */
final class AwaitingRuns {
    private final Map<String, Run> runs = new HashMap<>();
    /** All orders in the queue: topics are read independently, and the order may be there although its run still awaits it. */
    private final Set<String> ordered = new HashSet<>();

    /** Reads a run of topic run-events. */
    void read(Run run) {
        String runId = run.getOrder().getRunId();
        if (run.getState() == Run.State.QUEUED && run.getAwaitsScores()) {
            RunId.check("id", runId);
            runs.put(runId, run);
        } else {
            runs.remove(runId);
        }
    }

    /** Forgets a run whose message with this key is deleted. */
    void removed(String key) {
        runs.computeIfPresent(StoredRuns.runId(key), (id, run) -> key.equals(RunWriter.queuedKey(id)) ? null : run);
    }

    /** Reads a message of topic training-orders. */
    void read(TrainingOrder order) {
        ordered.add(order.getRunId());
    }

    boolean isAwaiting(String runId) {
        return runs.containsKey(runId);
    }

    boolean isOrdered(String runId) {
        return ordered.contains(runId);
    }

    /**
     * Returns the runs whose orders belong in the queue now, and those that get no scores.
     *
     * @param mine scorings whose request this scorer took
     * @param grace time after which any scorer does this, and that the request of an unknown scoring may take
     * @param scorings by id
     */
    List<Duty> due(Instant now, Set<String> mine, Duration grace, Map<String, ScoringState> scorings) {
        List<Duty> due = new ArrayList<>();
        for (Run run : runs.values()) {
            String set = run.getOrder().getFirstPolicy().getScoreSet();
            ScoringState scoring = scorings.get(set);
            long since = Math.max(run.getQueuedMillis(), scoring == null ? 0 : scoring.endedMillis());
            boolean isMine = scoring != null && mine.contains(set);
            if ((scoring == null || !scoring.isRunning())
                    && (isMine || now.toEpochMilli() - since >= grace.toMillis())) {
                due.add(
                        scoring != null && scoring.failed() != null
                                ? new Duty.Abandon(
                                        run,
                                        "score set " + set + " failed: "
                                                + scoring.failed().getReason())
                                : new Duty.Release(run));
            }
        }
        return due;
    }
}
