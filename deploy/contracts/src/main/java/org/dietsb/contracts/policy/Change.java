package org.dietsb.contracts.policy;

import org.jspecify.annotations.Nullable;

/**
 * A request to give a run a policy.
 *
 * @param rollsBackTo the revision whose policy this is again; null if the policy is a new one
 * @param who made the request
 */
public record Change(
        Policy policy, Schedule schedule, @Nullable Long rollsBackTo, String who) {

    /** Returns the same request with another policy. */
    public Change with(Policy other) {
        return new Change(other, schedule, rollsBackTo, who);
    }
}
