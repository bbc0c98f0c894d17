package org.dietsb.selector.swap;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A policy that a run was given, and what came of it.
 *
 * @param revision from 0, the policy of the run's order
 * @param who gave it; null for revision 0
 * @param at when; null for revision 0
 * @param rollsBackTo the revision whose policy this is again; null where it is a new one
 * @param effects one for each time it came into force, in order; empty as long as it did not
 */
public record PolicyRevision(
        long revision,
        Policy policy,
        @Nullable String who,
        @Nullable Instant at,
        Schedule schedule,
        @Nullable Long rollsBackTo,
        List<Effect> effects) {

    public PolicyRevision {
        effects = List.copyOf(effects);
    }

    /**
     * A stretch of the run, from the first batch that was judged by the policy.
     *
     * @param epoch from 1
     * @param batch from 0
     * @param until the first batch that was judged by another; null while it goes on
     * @param before of the stretch before it
     * @param after of this one
     */
    public record Effect(int epoch, int batch, @Nullable Until until, Figures before, Figures after) {}

    /** The first batch after a stretch; epoch from 1, batch from 0. */
    public record Until(int epoch, int batch) {}

    /**
     * What a stretch brought and cost; null where it is not known, or not yet.
     *
     * @param accuracy on the test set, in [0, 1]: before a stretch that of the last evaluation there was, after it that of the
     *     last in it
     * @param secondsPerEpoch median over the epochs that lie in it as a whole; not the run's first one, if there are others
     * @param passesPerEpoch mean over these: passes over the training set, those for selection counted by their share of the cost
     */
    public record Figures(
            @Nullable Double accuracy,
            @Nullable Double secondsPerEpoch,
            @Nullable Double passesPerEpoch) {
        static final Figures UNKNOWN = new Figures(null, null, null);
    }
}
