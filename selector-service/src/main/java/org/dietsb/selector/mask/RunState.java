package org.dietsb.selector.mask;

import java.util.HashMap;
import java.util.Map;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** What the selector knows of a run: a function of the log alone. One thread. */
final class RunState {
    final long attempt;
    final AttemptOpened opened;
    private final Map<Long, PolicySpec> policies = new HashMap<>();
    private LossHistory history = new LossHistory(1);
    private int historySize = 1;
    private final LastLosses lastLosses;
    long lastHeardMillis;

    RunState(long attempt, AttemptOpened opened, long nowMillis) {
        this.lastHeardMillis = nowMillis;
        this.attempt = attempt;
        this.opened = opened;
        this.lastLosses = new LastLosses(opened.getDataset().getCount());
    }

    /** Of every example that was in a selection pass, or in a step whose losses were reported. */
    LastLosses lastLosses() {
        return lastLosses;
    }

    /** The policy of a revision, told now or before. */
    PolicySpec policy(long revision, @Nullable PolicySpec told) throws PoisonException {
        if (told != null) {
            policies.put(revision, told);
        }
        PolicySpec policy = policies.get(revision);
        if (policy == null) {
            throw new PoisonException("revision " + revision + " came without its policy");
        }
        return policy;
    }

    /** The run's losses so far, as many as this policy looks back. */
    LossHistory history(PolicySpec policy) {
        if (policy.historySize() > historySize) {
            LossHistory larger = new LossHistory(policy.historySize());
            larger.append(history.with(new float[0], historySize));
            history = larger;
            historySize = policy.historySize();
        }
        return history;
    }
}
