package org.dietsb.contracts.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.contracts.RunId;
import org.dietsb.trainer.wire.ClassCount;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;

/** Puts runs together whose long lists are in parts, from the messages of topic run-events in their order. Thread-safe. */
public final class WholeRuns {
    private static final Set<Run.State> OVER = Set.of(Run.State.COMPLETED, Run.State.FAILED, Run.State.CANCELLED);

    private final Map<String, Parts> parts = new HashMap<>();

    /**
     * The lists of a run's latest attempt as far as they are in parts.
     *
     * @param closed whether the run is over, and its lists are no longer held
     */
    private record Parts(
            long attempt, boolean closed, List<PlacedPolicy> policies, List<Epoch> epochs, List<ClassCount> classes) {
        static Parts open(long attempt) {
            return new Parts(attempt, false, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        static Parts closed(long attempt) {
            return new Parts(attempt, true, List.of(), List.of(), List.of());
        }
    }

    /**
     * Takes a part. Parts of earlier attempts are ignored, and those of a run that is over, unless they begin it again.
     *
     * @throws IllegalArgumentException if items before it are missing
     */
    public synchronized void add(RunPart part) {
        RunId.check("run id", part.getRunId());
        Parts of = parts.get(part.getRunId());
        boolean begins = of != null && of.closed && of.attempt == part.getAttempt() && part.getFirst() == 0;
        if (of == null || begins || Long.compareUnsigned(part.getAttempt(), of.attempt) > 0) {
            of = Parts.open(part.getAttempt());
            parts.put(part.getRunId(), of);
        }
        if (of.attempt == part.getAttempt() && !of.closed) {
            add(of.policies, part, part.getPoliciesList());
            add(of.epochs, part, part.getEpochsList());
            add(of.classes, part, part.getKeptPerClassList());
        }
    }

    private static <T> void add(List<T> known, RunPart part, List<T> items) {
        int first = part.getFirst();
        if (!items.isEmpty() && (first < 0 || first > known.size())) {
            throw new IllegalArgumentException("part of run " + part.getRunId() + " begins at "
                    + Integer.toUnsignedString(first) + ", allowed is at most " + known.size());
        }
        for (int i = 0; i < items.size(); i++) {
            if (first + i < known.size()) {
                known.set(first + i, items.get(i));
            } else {
                known.add(items.get(i));
            }
        }
    }

    /** Returns the run with its lists whole, as far as their parts have been read. The parts of a run that is over are then no longer held. */
    public synchronized Run read(Run run) {
        Run whole = whole(run);
        String id = run.getOrder().getRunId();
        Parts of = parts.get(id);
        if (OVER.contains(run.getState()) && of != null && of.attempt == run.getAttempt()) {
            parts.put(id, Parts.closed(of.attempt));
        }
        return whole;
    }

    /** Forgets a run, of which nothing is stored any more. */
    public synchronized void remove(String runId) {
        parts.remove(runId);
    }

    /** Returns the run with its lists whole, as far as their parts have been read. */
    public synchronized Run whole(Run run) {
        if (run.getPoliciesInParts() == 0 && run.getEpochsInParts() == 0 && run.getKeptPerClassInParts() == 0) {
            return run;
        }
        Parts of = parts.get(run.getOrder().getRunId());
        if (of == null || of.attempt != run.getAttempt()) {
            return run;
        }
        return run.toBuilder()
                .clearPolicies()
                .addAllPolicies(first(of.policies, run.getPoliciesInParts()))
                .addAllPolicies(run.getPoliciesList())
                .clearEpochs()
                .addAllEpochs(first(of.epochs, run.getEpochsInParts()))
                .addAllEpochs(run.getEpochsList())
                .clearKeptPerClass()
                .addAllKeptPerClass(first(of.classes, run.getKeptPerClassInParts()))
                .addAllKeptPerClass(run.getKeptPerClassList())
                .clearPoliciesInParts()
                .clearEpochsInParts()
                .clearKeptPerClassInParts()
                .build();
    }

    private static <T> List<T> first(List<T> known, int count) {
        return known.subList(0, count < 0 ? known.size() : Math.min(count, known.size()));
    }
}
