package org.dietsb.selector.policy;

import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;

/**
 * What a policy costs where it prunes: of those that judge by losses of steps the least there can be, of seta what it keeps if groups are
 * equal, of a replay the most.
 */
public final class PolicyCost {
    private PolicyCost() {}

    /** Returns the share of all training examples that is backpropagated. */
    public static double backpropagated(Policy policy) {
        return kept(policy) * (1 - policy.prePruned());
    }

    private static double kept(Policy policy) {
        return switch (policy.kind()) {
            case PROGRESSIVE, IES -> 1 / policy.number(Parameter.RECHECK);
            case SETA -> (1 - policy.number(Parameter.DROP)) * policy.number(Parameter.WINDOW);
            default -> policy.keep();
        };
    }

    /**
     * Returns the cost of an epoch in passes over the training set. A selection pass counts a third of the cost of a trained
     * example.
     */
    public static double passes(Policy policy) {
        double selection = policy.kind().byLoss() && policy.proxy() == null
                ? policy.selectionScale() * policy.selectionScale() / policy.lossesEvery()
                : 0;
        return (1 - policy.prePruned()) * (selection + 3 * kept(policy)) / 3;
    }
}
