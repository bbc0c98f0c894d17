package org.dietsb.selector.mask;

import java.util.Map;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** What the selector knows of a run: a function of the log alone. One thread. */
final class RunState {
    /** Revisions whose policy is known, the latest; a trainer stamps none that it has left behind. */
    private static final int POLICIES = 100;

    final long attempt;
    final AttemptOpened opened;
    private final Map<Long, PolicySpec> policies = new Latest<>(POLICIES);
    private LossHistory history = new LossHistory(1);
    private int historySize = 1;
    private final LastLosses lastLosses;
    private long lossBytes;
    long lastHeardMillis;

    RunState(long attempt, AttemptOpened opened, long nowMillis) {
        this.lastHeardMillis = nowMillis;
        this.attempt = attempt;
        this.opened = opened;
        this.lastLosses = new LastLosses(examples());
    }

    int examples() {
        return opened.getDataset().getCount();
    }

    /** Of every example that was in a selection pass, or in a step whose losses were reported. */
    LastLosses lastLosses() {
        return lastLosses;
    }

    /** Bytes for which room was made. */
    long lossBytes() {
        return lossBytes;
    }

    /** Bytes that the last losses of all its examples take. */
    long lastLossBytes() {
        return LastLosses.bytes(examples());
    }

    /** Bytes that its losses take where it is judged by them under this policy, and what earlier ones had it remember. */
    long lossBytesUnder(PolicySpec policy) {
        boolean sorted = policy.kind().byLoss() && policy.rule() == PolicySpec.Rule.PERCENTILE;
        return lastLossBytes() + LossHistory.bytes(Math.max(historySize, policy.historySize()), sorted);
    }

    /** Room for so many bytes of losses is made. */
    void grantLossBytes(long bytes) {
        lossBytes = bytes;
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
