package org.dietsb.selector.swap;

import org.jspecify.annotations.Nullable;

/**
 * What a policy covers of a run. In force at a place is the policy of the highest revision that covers it.
 *
 * @param from the first moment it covers; null = from the beginning
 * @param until the first moment it does not cover any more; null = to the end
 */
public record Schedule(@Nullable Moment from, @Nullable Moment until) {
    /** The whole run. */
    public static final Schedule FOR_GOOD = new Schedule(null, null);

    /** Whether a place of the run is covered. */
    public boolean covers(Moment.Place place) {
        return (from == null || from.isReachedAt(place)) && (until == null || !until.isReachedAt(place));
    }
}
