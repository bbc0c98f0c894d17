package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * IES, instance-dependent early stopping (Yuan et al., ICLR 2025, arXiv 2502.07547). The model has mastered an example whose loss bends no more:
 * the mean size of its last three second differences, {@code |l(t) - 2 l(t-1) + l(t-2)|}, is below delta. An epoch trains the others. So
 * that a mastered example can return, it is trained in one epoch of {@code recheck}, each in its turn.
 *
 * @param delta above 0
 * @param recheck from 1
 */
record InstanceSelection(double delta, int recheck) implements EpochRule {

    /** Chooses by the mean size of each example's last second differences, in place of its loss; NaN if it has too few losses. */
    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction bend) {
        int n = epoch.examples();
        RandomStream turns = RandomStream.of("mask-ies-turn", epoch.seed());
        BitSet kept = new BitSet(n);
        for (int index = 0; index < n; index++) {
            // Not a number is not below.
            boolean mastered = bend.applyAsDouble(index) < delta;
            kept.set(index, !mastered || ((long) (turns.uniform(index) * recheck) + epoch.number()) % recheck == 0);
        }
        if (kept.isEmpty()) {
            // An epoch without examples would take no step.
            RandomStream chance = RandomStream.of("mask-ies", epoch.seed(), epoch.number());
            return Choice.of(Smallest.among(EpochRule.all(n), 1, chance::uniform));
        }
        return Choice.of(kept);
    }
}
