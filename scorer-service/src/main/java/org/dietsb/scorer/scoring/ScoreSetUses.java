package org.dietsb.scorer.scoring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;

/**
 * Which score sets the runs use that are not over: by their orders, by the policies that took effect, and by those that a swap sets,
 * even if it is still to take effect. Thread-safe.
 */
final class ScoreSetUses {
    /** End of the name of the set that a run computes from its own first epochs. */
    private static final String OWN = ".own";

    /** The runs that are not over. */
    private final Set<String> live = new HashSet<>();

    private final Map<String, Set<String>> byRun = new HashMap<>();
    /** Of all runs, because topics are read independently, and a run that is over may be resumed. */
    private final Map<String, Set<String>> byChange = new HashMap<>();

    /** Reads a run of topic run-events. */
    synchronized void read(Run run) {
        String runId = run.getOrder().getRunId();
        if (ScoringState.OVER.contains(run.getState())) {
            live.remove(runId);
            byRun.remove(runId);
        } else {
            live.add(runId);
            note(
                    byRun,
                    runId,
                    Stream.concat(
                            Stream.of(run.getOrder().getFirstPolicy()),
                            run.getPoliciesList().stream().map(PlacedPolicy::getPolicy)));
        }
    }

    /** Reads the policies of a run of topic run-events. Those of a run that is over are written before its last event. */
    synchronized void read(RunPart part) {
        note(byRun, part.getRunId(), part.getPoliciesList().stream().map(PlacedPolicy::getPolicy));
    }

    /** Reads a message of topic selector-policies. */
    synchronized void read(PolicyChange change) {
        if (change.getRunId().equals(PolicyChain.NEW_RUNS)) {
            byChange.remove(PolicyChain.NEW_RUNS);
        }
        note(byChange, change.getRunId(), Stream.of(change.getPolicy()));
    }

    private static void note(Map<String, Set<String>> uses, String runId, Stream<Policy> policies) {
        policies.map(Policy::getScoreSet).filter(set -> !set.isEmpty()).forEach(set -> uses.computeIfAbsent(
                        runId, run -> new HashSet<>())
                .add(set));
    }

    /** Returns the queued and running runs that use a score set; {@code *} stands for new runs, whose policy names it. */
    synchronized List<String> of(String scoreSet) {
        Set<String> users = new TreeSet<>();
        byRun.forEach((run, sets) -> {
            if (sets.contains(scoreSet)) {
                users.add(run);
            }
        });
        byChange.forEach((run, sets) -> {
            if (sets.contains(scoreSet) && (live.contains(run) || run.equals(PolicyChain.NEW_RUNS))) {
                users.add(run);
            }
        });
        if (scoreSet.endsWith(OWN)) {
            String owner = scoreSet.substring(0, scoreSet.length() - OWN.length());
            if (live.contains(owner)) {
                users.add(owner);
            }
        }
        return List.copyOf(users);
    }
}
