package org.dietsb.trainer.policy;

import org.dietsb.contracts.policy.StampedPolicy;

/** The policies of a run. Called once for each epoch that is opened and each batch that is announced, in their order. */
@FunctionalInterface
public interface Policies {

    /**
     * Returns the policy in force at a place of the run.
     *
     * @param epoch from 1
     * @param progress share of the run's length that was announced before, in [0, 1)
     */
    StampedPolicy at(int epoch, double progress);
}
