package org.dietsb.trainer.policy;

/** The policies of a run. Asked once for each epoch that is opened and each batch that is announced, in their order. */
@FunctionalInterface
public interface Policies {

    /**
     * The policy in force at a place of the run.
     *
     * @param epoch from 1
     * @param progress share of the run's length that was announced before, in [0, 1)
     */
    StampedPolicy at(int epoch, double progress);
}
