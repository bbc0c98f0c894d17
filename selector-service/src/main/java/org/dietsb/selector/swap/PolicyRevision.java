package org.dietsb.selector.swap;

import java.time.Instant;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * A policy that a run was given, with its effects.
 *
 * @param revision from 0, the policy of the run's order
 * @param who name of the caller; null for revision 0
 * @param at time of the swap; null for revision 0
 * @param rollsBackTo the earlier revision with the same policy, if this is a rollback; null otherwise
 * @param effects one for each time it came into force, in order; empty if it never did
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
     * A stretch of the run that the policy judged.
     *
     * @param epoch of the first batch, from 1
     * @param batch the first batch, from 0
     * @param until the first batch that another policy judged; null while the stretch continues
     * @param before figures of the previous stretch
     * @param after figures of this stretch
     */
    public record Effect(int epoch, int batch, @Nullable Until until, Figures before, Figures after) {}

    /** The first batch after a stretch; epoch from 1, batch from 0. */
    public record Until(int epoch, int batch) {}

    /**
     * Result and cost of a stretch; unknown values are null.
     *
     * @param accuracy on the test set, in [0, 1]: before a stretch that of the last evaluation, after it that of the last evaluation
     *     within it
     * @param secondsPerEpoch median over the epochs that are completely within the stretch, without the run's first if there are others
     * @param passesPerEpoch mean over these epochs: passes over the training set, those for selection counted by their share of the cost
     */
    public record Figures(
            @Nullable Double accuracy,
            @Nullable Double secondsPerEpoch,
            @Nullable Double passesPerEpoch) {
        static final Figures UNKNOWN = new Figures(null, null, null);
    }
}
