package org.dietsb.scorer.scoring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.run.StoredRuns;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.TrainingOrder;

/** The runs that are members of scorings, their orders, and requests to cancel runs. Not thread-safe. */
final class MemberRuns {
    private final Map<String, Run> runs = new HashMap<>();
    private final Set<String> ordered = new HashSet<>();
    private final Set<String> cancelled = new HashSet<>();

    /** Reads a run of topic run-events; of its lists, only the number of its epochs matters here. */
    void read(Run run) {
        if (run.getOrder().hasMember()) {
            RunId.check("id", run.getOrder().getRunId());
            Run slim = run.toBuilder()
                    .setEpochsInParts(run.getEpochsInParts() + run.getEpochsCount())
                    .clearEpochs()
                    .clearPolicies()
                    .clearPoliciesInParts()
                    .clearKeptPerClass()
                    .clearKeptPerClassInParts()
                    .build();
            runs.merge(
                    run.getOrder().getRunId(),
                    slim,
                    (old, now) -> Long.compareUnsigned(now.getAttempt(), old.getAttempt()) >= 0 ? now : old);
        }
    }

    /** Reads where a run is. */
    void read(Beat beat) {
        runs.computeIfPresent(
                beat.getRunId(),
                (id, run) -> run.getState() == Run.State.RUNNING && run.getAttempt() == beat.getAttempt()
                        ? run.toBuilder().setPosition(beat.getPosition()).build()
                        : run);
    }

    /** Forgets a run whose message with this key is deleted, if it is over, and requests to cancel it. */
    void removed(String key) {
        String id = StoredRuns.runId(key);
        if (key.equals(id + "/cancel")) {
            cancelled.remove(id);
            return;
        }
        Run run = runs.get(id);
        if (run != null
                && ScoringState.OVER.contains(run.getState())
                && key.equals(id + "/" + (run.getStartedMillis() == 0 ? "queued" : run.getAttempt()))) {
            runs.remove(id);
        }
    }

    /** Reads a request to cancel a run. */
    void read(CancelRequested request) {
        RunId.check("id", request.getRunId());
        cancelled.add(request.getRunId());
    }

    /** Reads an order. */
    void read(TrainingOrder order) {
        if (order.hasMember()) {
            RunId.check("id", order.getRunId());
            ordered.add(order.getRunId());
        }
    }

    /** Returns a run; the default one if it is unknown. */
    Run find(String runId) {
        return runs.getOrDefault(runId, Run.getDefaultInstance());
    }

    boolean knows(String runId) {
        return runs.containsKey(runId);
    }

    boolean isOrdered(String runId) {
        return ordered.contains(runId);
    }

    boolean isCancelled(String runId) {
        return cancelled.contains(runId);
    }
}
