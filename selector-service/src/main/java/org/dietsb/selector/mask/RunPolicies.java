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
     * Returns the policy of a revision, and remembers it.
     *
     * @param sent the policy that the message carries; null if it was sent before
     */
    Policy of(long revision, org.dietsb.selector.wire.@Nullable Policy sent) throws PoisonException {
        if (sent != null) {
            try {
                Policy read = PolicyWire.fromWire(sent);
                if (!policies.containsKey(revision)) {
                    room.requireForLosses(BYTES);
                }
                policies.put(revision, read);
            } catch (IllegalArgumentException unknown) {
                throw new PoisonException(String.valueOf(unknown.getMessage()));
            } catch (RefusalException full) {
                throw new PoisonException(full.reason());
            }
        }
        Policy policy = policies.get(revision);
        if (policy == null) {
            throw new PoisonException("revision " + Long.toUnsignedString(revision) + " came without its policy");
        }
        return policy;
    }
}
