package org.dietsb.contracts.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dietsb.contracts.RunId;
import org.dietsb.trainer.wire.ClassCount;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;

/** Puts runs together whose long lists are in parts, from the messages of topic run-events in their order. Thread-safe. */
public final class WholeRuns {
    private final Map<String, Parts> parts = new HashMap<>();

    /** The lists of a run's latest attempt as far as they are in parts. */
    private record Parts(long attempt, List<PlacedPolicy> policies, List<Epoch> epochs, List<ClassCount> classes) {
        static Parts of(long attempt) {
            return new Parts(attempt, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    /**
     * Takes a part. Parts of earlier attempts are ignored.
     *
     * @throws IllegalArgumentException if items before it are missing
     */
    public synchronized void add(RunPart part) {
        RunId.check("run id", part.getRunId());
        Parts of = parts.get(part.getRunId());
        if (of == null || Long.compareUnsigned(part.getAttempt(), of.attempt) > 0) {
            of = Parts.of(part.getAttempt());
            parts.put(part.getRunId(), of);
        }
        if (of.attempt == part.getAttempt()) {
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
