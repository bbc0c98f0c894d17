package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * SeTa (Zhou et al., CVPR 2025, arXiv 2503.13385). Each epoch draws {@code floor((1 - drop) n)} examples at random, divides them by their last
 * losses into {@linkplain LossGroups groups}, and trains a window of {@code round(groups window)} neighbouring groups, which slides by one group an
 * epoch from the easiest to the hardest and begins again. The first epoch trains all groups. An example that was never trained has
 * loss 3, as in the authors' code.
 *
 * @param drop in [0, 1)
 * @param groups from 1
 * @param window in (0, 1]
 */
record SeTa(double drop, int groups, double window) implements EpochRule {
    /** What stands for the loss of an example that has none. */
    private static final double UNKNOWN = 3;

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        int n = epoch.examples();
        RandomStream drawing = RandomStream.of("mask-seta", epoch.seed(), epoch.number());
        int count = Math.max(1, (int) Math.floor((1 - drop) * n + 1e-9));
        BitSet drawn = Smallest.among(EpochRule.all(n), count, drawing::uniform);
        int size = Math.max(1, (int) Math.rint(groups * window));
        if (epoch.number() == 1 || size >= groups) {
            return Choice.of(drawn);
        }
        int first = (epoch.number() - 1) % (groups - size + 1);
        BitSet kept =
                new LossGroups(drawn, groups, index -> loss(signedLoss, index)).between(first, first + size, epoch);
        // A window of empty groups would take no step.
        return Choice.of(kept.isEmpty() ? Smallest.among(drawn, 1, drawing::uniform) : kept);
    }

    private static double loss(IntToDoubleFunction signedLoss, int index) {
        double loss = Math.abs(signedLoss.applyAsDouble(index));
        return Double.isNaN(loss) ? UNKNOWN : loss;
    }
}
