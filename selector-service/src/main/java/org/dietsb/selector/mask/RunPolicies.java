package org.dietsb.selector.mask;

import java.util.Map;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.policy.RefusalException;
import org.jspecify.annotations.Nullable;

/** The policies of a run by the revisions that its trainer stamps. One thread. */
final class RunPolicies {
    /** Maximum number of revisions whose policies are remembered; a trainer that returns to an earlier one sends its policy again. */
    private static final int MOST = 100;
    /** Bytes of a remembered policy. */
    private static final int BYTES = 400;

    private final Room room;
    private final Map<Long, Policy> policies = new Latest<>(MOST);

    RunPolicies(Room room) {
        this.room = room;
    }

    /** Returns the size in bytes. */
    long bytes() {
        return (long) BYTES * policies.size();
    }

    /**
     * Returns the policy of a revision.
     *
     * @param sent the policy that the message carries; null if it was sent before
     */
    Policy of(long revision, org.dietsb.selector.wire.@Nullable Policy sent) throws PoisonException {
        Policy before = policies.get(revision);
        if (sent == null) {
            if (before == null) {
                throw new PoisonException("revision is " + Long.toUnsignedString(revision)
                        + ", which came without its policy: the first message of a revision carries it");
            }
            return before;
        }
        Policy read;
        try {
            read = PolicyWire.fromWire(sent);
        } catch (IllegalArgumentException unknown) {
            throw new PoisonException(String.valueOf(unknown.getMessage()));
        }
        if (before != null && !before.equals(read)) {
            throw new PoisonException("policy of revision " + Long.toUnsignedString(revision)
                    + " is another than before, allowed is the same: a new policy has a new revision");
        }
        return read;
    }

    /** Remembers the policy of a revision. */
    void remember(long revision, Policy policy) throws PoisonException {
        if (!policies.containsKey(revision)) {
            try {
                room.requireForLosses(BYTES);
            } catch (RefusalException full) {
                throw new PoisonException(full.reason());
            }
        }
        policies.put(revision, policy);
    }
}
