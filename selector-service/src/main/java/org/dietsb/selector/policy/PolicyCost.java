package org.dietsb.selector.policy;

import org.dietsb.contracts.policy.Policy;

/** What a policy costs where it prunes: of infobatch and repb the least there can be, of a replay the most. */
public final class PolicyCost {
    private PolicyCost() {}

    /** Returns the share of all training examples that is backpropagated. */
    public static double backpropagated(Policy policy) {
        return policy.keep() * (1 - policy.prePruned());
    }

    /**
     * Returns the cost of an epoch in passes over the training set. A selection pass counts a third of the cost of a trained
     * example.
     */
    public static double passes(Policy policy) {
        double selection = policy.kind().byLoss() && policy.proxy() == null
                ? policy.selectionScale() * policy.selectionScale() / policy.lossesEvery()
                : 0;
        return (1 - policy.prePruned()) * (selection + 3 * policy.keep()) / 3;
    }
}
