package org.dietsb.selector.mask;

import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.Unknown;

/** Builds answers to attempts. */
final class Answer {
    private Answer() {}

    /** Returns an answer to this attempt that says nothing yet. */
    static MaskMessage.Builder to(String runId, long attempt) {
        return MaskMessage.newBuilder().setRunId(runId).setAttempt(attempt);
    }

    /** Tells the attempt that it is unknown here: its trainer opens another. */
    static MaskMessage unknown(String runId, long attempt) {
        return to(runId, attempt).setUnknown(Unknown.getDefaultInstance()).build();
    }

    /** Refuses an epoch, or a batch of it. */
    static MaskMessage refused(String runId, long attempt, int epoch, RefusalException refusal) {
        return to(runId, attempt)
                .setRefused(Refused.newBuilder().setEpoch(epoch).setReason(refusal.reason()))
                .build();
    }
}
