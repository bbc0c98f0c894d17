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
    /** Time in which the order of another run that awaits the same scoring is read. */
    private static final Duration TIME_TO_ORDER = Duration.ofSeconds(2);

    private final Map<String, Run> runs = new HashMap<>();
    /** Runs that were cancelled before they began, of policies with a score set. */
    private final Map<String, Run> givenUp = new HashMap<>();
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
        if (run.getState() == Run.State.CANCELLED
                && run.getStartedMillis() == 0
                && !run.getOrder().getFirstPolicy().getScoreSet().isEmpty()) {
            givenUp.put(runId, run);
        } else {
            givenUp.remove(runId);
        }
    }

    /** Forgets a run whose message with this key is deleted. */
    void removed(String key) {
        givenUp.computeIfPresent(StoredRuns.runId(key), (id, run) -> key.equals(RunWriter.queuedKey(id)) ? null : run);
        runs.computeIfPresent(StoredRuns.runId(key), (id, run) -> key.equals(RunWriter.queuedKey(id)) ? null : run);
    }

    /** Reads a message of topic training-orders. */
    void read(TrainingOrder order) {
        ordered.add(order.getRunId());
    }

    /**
     * Returns the running scorings that were ordered with a run which is cancelled, and that no other run uses.
     *
     * @param grace longest time between the request of a scoring and the order of the run that it was ordered with
     */
    List<Duty> stops(Instant now, Duration grace, Map<String, ScoringState> scorings, ScoreSetUses uses) {
        List<Duty> stops = new ArrayList<>();
        for (Run run : givenUp.values()) {
            String set = run.getOrder().getFirstPolicy().getScoreSet();
            ScoringState scoring = scorings.get(set);
            if (scoring != null && scoring.isRunning()) {
                long between = run.getQueuedMillis() - scoring.asked().getEpochMillis();
                boolean together = between >= 0 && between <= grace.toMillis();
                boolean settled = now.toEpochMilli() - run.getEndedMillis() >= TIME_TO_ORDER.toMillis();
                if (together && settled && uses.of(set).isEmpty()) {
                    stops.add(new Duty.Stop(
                            set, "run " + run.getOrder().getRunId() + " is cancelled, and no other run awaits it"));
                }
            }
        }
        return stops;
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
