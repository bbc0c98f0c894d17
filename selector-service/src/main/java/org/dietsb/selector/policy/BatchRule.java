package org.dietsb.selector.policy;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.history.LossHistory;

/** Judges a batch. Every rule is a pure function: equal arguments give equal masks, on any machine. */
public sealed interface BatchRule permits Baseline, RandomBackprop, RankSelective, PercentileSelective, ReducibleLoss {

    /** Returns the rule that judges the batches of a policy. */
    static BatchRule of(Policy policy) {
        if (policy.keep() == 1 || !policy.kind().selects()) {
            return new Baseline();
        }
        if (!policy.kind().byLoss()) {
            return new RandomBackprop(policy.keep());
        }
        if (policy.kind() == PolicyKind.RHO) {
            return new ReducibleLoss(policy.keep());
        }
        return policy.rule() == Policy.Rule.RANK
                ? new RankSelective(policy.keep())
                : new PercentileSelective(policy.keep(), policy.historySize());
    }

    /** Whether the rule needs losses, and so a selection pass. */
    boolean wantsLosses();

    /**
     * Judges a batch.
     *
     * @param history losses of the run's earlier batches; a rule that uses it appends those of this batch
     * @return the places of the selected examples within the batch, ascending
     */
    int[] select(Batch batch, LossHistory history);

    /** Returns the probability that each example is selected, [B]. */
    double[] probabilities(Batch batch, LossHistory history);

    /** Returns the number of examples kept of n at this share: floor(keep n + 1/2), at least 1. */
    static int count(double keep, int n) {
        return Math.max(1, (int) Math.floor(keep * n + .5 + 1e-9));
    }
}
