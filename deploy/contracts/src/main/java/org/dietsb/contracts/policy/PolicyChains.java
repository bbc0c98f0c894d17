package org.dietsb.contracts.policy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.contracts.RunId;
import org.dietsb.selector.wire.PolicyChange;

/** The policies of all runs, and of new runs, as a reader of topic selector-policies knows them. Thread-safe; one thread reads. */
public final class PolicyChains {
    private final Map<String, PolicyChain> chains = new ConcurrentHashMap<>();

    /** Returns the chain of a run, or of {@link PolicyChain#NEW_RUNS}. */
    public PolicyChain of(String runId) {
        return chains.getOrDefault(runId, PolicyChain.EMPTY);
    }

    /**
     * Reads the next message of the log.
     *
     * @param offset of the message
     * @return what became of it
     * @throws IllegalArgumentException if the change belongs to no run
     */
    public PolicyChain.Outcome accept(PolicyChange change, long offset) {
        String runId = change.getRunId();
        if (!runId.equals(PolicyChain.NEW_RUNS)) {
            RunId.check("run id", runId);
        }
        PolicyChain.Outcome outcome = of(runId).accept(change, offset);
        chains.put(runId, outcome.chain());
        return outcome;
    }
}
