package org.dietsb.selector.mask;

import java.util.Map;
import org.dietsb.selector.history.LastLosses;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** What the selector knows of a run: a function of the log alone. One thread. */
final class RunState {
    /** Revisions whose policy is known, the latest; a trainer that comes back to an earlier one tells its policy again. */
    private static final int POLICIES = 100;

    final long attempt;
    final AttemptOpened opened;
    /** The offset from which the log suffices to rebuild it: of its AttemptOpened, or of the first part of its last StateGiven. */
    final long rebuildFrom;

    private final Map<Long, PolicySpec> policies = new Latest<>(POLICIES);
    private LossHistory history;
    private final LastLosses lastLosses;
    private long lossBytes;
    private boolean lacksRoom;
    private long lastHeardMillis;
    /** What is to be said again; null from the moment on when its partition is caught up with. */
    @Nullable
    LastAnswers lastAnswers;

    /** Of an attempt that has just opened. */
    RunState(long attempt, AttemptOpened opened, long atMillis) {
        this(
                attempt,
                opened,
                attempt,
                new LossHistory(1),
                new LastLosses(opened.getDataset().getCount()),
                atMillis);
    }

    /** Of an attempt whose losses were given; its policies are told anew. */
    RunState(
            long attempt,
            AttemptOpened opened,
            long rebuildFrom,
            LossHistory history,
            LastLosses lastLosses,
            long atMillis) {
        this.attempt = attempt;
        this.opened = opened;
        this.rebuildFrom = rebuildFrom;
        this.history = history;
        this.lastLosses = lastLosses;
        this.lastHeardMillis = atMillis;
    }

    /** It said something at this time, by the message's timestamp. */
    void heard(long atMillis) {
        lastHeardMillis = Math.max(lastHeardMillis, atMillis);
    }

    /** Whether it has said nothing since then. */
    boolean silentSince(long millis) {
        return lastHeardMillis < millis;
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
        return lastLossBytes() + LossHistory.bytes(Math.max(history.capacity(), policy.historySize()), sorted);
    }

    /** There is no room for losses of it that have come. */
    void lackRoom() {
        lacksRoom = true;
    }

    boolean lacksRoom() {
        return lacksRoom;
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

    /** The run's losses so far. */
    LossHistory history() {
        return history;
    }

    /** The run's losses so far, as many as this policy looks back. */
    LossHistory history(PolicySpec policy) {
        if (policy.historySize() > history.capacity()) {
            LossHistory larger = new LossHistory(policy.historySize());
            larger.append(history.all());
            history = larger;
        }
        return history;
    }
}
