package org.dietsb.contracts.policy;

import org.jspecify.annotations.Nullable;

/**
 * The part of a run that a policy covers.
 *
 * @param from the first moment it covers; null = from the beginning
 * @param until the first moment it no longer covers; null = to the end
 */
public record Schedule(@Nullable Moment from, @Nullable Moment until) {
    /** The whole run. */
    public static final Schedule FOR_GOOD = new Schedule(null, null);

    /** Returns whether it covers a place of the run. */
    public boolean covers(Moment.Place place) {
        return (from == null || from.isReachedAt(place)) && (until == null || !until.isReachedAt(place));
    }
}
