package org.dietsb.scorer.scoring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;

/** Which score sets the runs use that are not over, by their orders and by the policies that took effect. Thread-safe. */
final class ScoreSetUses {
    private final Map<String, Set<String>> byRun = new HashMap<>();

    /** Reads a run of topic run-events. */
    synchronized void read(Run run) {
        String runId = run.getOrder().getRunId();
        if (ScoringState.OVER.contains(run.getState())) {
            byRun.remove(runId);
        } else {
            note(
                    runId,
                    Stream.concat(
                            Stream.of(run.getOrder().getFirstPolicy()),
                            run.getPoliciesList().stream().map(PlacedPolicy::getPolicy)));
        }
    }

    /** Reads the policies of a run of topic run-events. Those of a run that is over are written before its last event. */
    synchronized void read(RunPart part) {
        note(part.getRunId(), part.getPoliciesList().stream().map(PlacedPolicy::getPolicy));
    }

    private void note(String runId, Stream<Policy> policies) {
        policies.map(Policy::getScoreSet).filter(set -> !set.isEmpty()).forEach(set -> byRun.computeIfAbsent(
                        runId, run -> new HashSet<>())
                .add(set));
    }

    /** Returns the queued and running runs that use a score set. */
    synchronized List<String> of(String scoreSet) {
        return byRun.entrySet().stream()
                .filter(run -> run.getValue().contains(scoreSet))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
