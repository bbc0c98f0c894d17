package org.dietsb.trainer.mask;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.trainer.policy.StampedPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a run's policy. In force at a place is the policy of the highest revision whose [from, until) covers it.
 * Immutable.
 */
public final class PolicyChanges {
    /** None. */
    public static final PolicyChanges NONE = new PolicyChanges(0, List.of());

    private final long revision;
    /** Those that can still come into force, by revision. */
    private final List<Change> changes;

    /**
     * A change.
     *
     * @param from the first moment it covers; null = from the beginning
     * @param until the first moment it does not cover any more; null = to the end
     */
    public record Change(
            StampedPolicy policy,
            @Nullable Moment from,
            @Nullable Moment until) {

        boolean covers(int epoch, double progress) {
            return (from == null || from.isReached(epoch, progress))
                    && (until == null || !until.isReached(epoch, progress));
        }

        private boolean isForGood() {
            return from == null && until == null;
        }
    }

    private PolicyChanges(long revision, List<Change> changes) {
        this.revision = revision;
        this.changes = changes;
    }

    /** The last revision; 0 where there is no change. */
    public long revision() {
        return revision;
    }

    /** With one more. One that covers the whole run leaves nothing to those before it. */
    public PolicyChanges with(Change next) {
        List<Change> all = new ArrayList<>(next.isForGood() ? List.of() : changes);
        all.add(next);
        return new PolicyChanges(next.policy().revision(), List.copyOf(all));
    }

    /** The policy in force at a place; the first one, of revision 0, where no change covers it. */
    public StampedPolicy at(int epoch, double progress, Policy first) {
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i).covers(epoch, progress)) {
                return changes.get(i).policy();
            }
        }
        return new StampedPolicy(0, first);
    }
}
