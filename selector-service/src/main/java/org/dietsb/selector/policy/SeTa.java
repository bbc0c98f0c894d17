package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * SeTa (Zhou et al., CVPR 2025, arXiv 2503.13385). Each epoch draws {@code floor((1 - drop) n)} examples at random, divides them by their last
 * losses into groups (k-means), and trains a window of {@code round(groups window)} neighbouring groups, which slides by one group an
 * epoch from the easiest to the hardest and begins again. The first epoch trains all groups. An example that was never trained has
 * loss 3, as in the authors' code. If all losses are equal, the groups are parts of the same size in the order of indices.
 *
 * @param drop in [0, 1)
 * @param groups from 1
 * @param window in (0, 1]
 */
record SeTa(double drop, int groups, double window) implements EpochRule {
    /** What stands for the loss of an example that has none. */
    private static final double UNKNOWN = 3;

    private static final int MOST_ROUNDS = 300;
    /** Maximum number of examples that the first centres are taken from. */
    private static final int SAMPLE = 4_096;

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
        BitSet kept = windowOf(drawn, first, first + size, index -> loss(signedLoss, index), epoch);
        // A window of empty groups would take no step.
        return Choice.of(kept.isEmpty() ? Smallest.among(drawn, 1, drawing::uniform) : kept);
    }

    private static double loss(IntToDoubleFunction signedLoss, int index) {
        double loss = Math.abs(signedLoss.applyAsDouble(index));
        return Double.isNaN(loss) ? UNKNOWN : loss;
    }

    /** Returns the examples of the groups [first, end). */
    private BitSet windowOf(BitSet drawn, int first, int end, IntToDoubleFunction loss, Epoch epoch) {
        double[] bounds = bounds(centres(drawn, loss, epoch));
        BitSet kept = new BitSet(drawn.length());
        boolean equal = drawn.stream().mapToDouble(loss).distinct().limit(2).count() == 1;
        int part = (drawn.cardinality() + groups - 1) / groups;
        int place = 0;
        for (int i = drawn.nextSetBit(0); i >= 0; i = drawn.nextSetBit(i + 1)) {
            int group = equal ? place / part : group(bounds, loss.applyAsDouble(i));
            kept.set(i, group >= first && group < end);
            place++;
        }
        return kept;
    }

    /** Returns the group of a loss: the number of bounds that are below it, or equal. */
    private static int group(double[] bounds, double loss) {
        int group = 0;
        while (group < bounds.length && loss >= bounds[group]) {
            group++;
        }
        return group;
    }

    /** Returns the bounds between neighbouring groups, half-way between their centres. */
    private static double[] bounds(double[] centres) {
        double[] bounds = new double[centres.length - 1];
        Arrays.setAll(bounds, group -> (centres[group] + centres[group + 1]) / 2);
        return bounds;
    }

    /** Returns the centres of the groups, ascending: Lloyd's algorithm, begun at quantiles of a sample, until nothing changes. */
    private double[] centres(BitSet drawn, IntToDoubleFunction loss, Epoch epoch) {
        double[] centres = quantiles(drawn, loss, epoch);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double[] bounds = bounds(centres);
            double[] sums = new double[groups];
            int[] counts = new int[groups];
            for (int i = drawn.nextSetBit(0); i >= 0; i = drawn.nextSetBit(i + 1)) {
                double value = loss.applyAsDouble(i);
                int group = group(bounds, value);
                sums[group] += value;
                counts[group]++;
            }
            double[] next = new double[groups];
            for (int group = 0; group < groups; group++) {
                next[group] = counts[group] == 0 ? centres[group] : sums[group] / counts[group];
            }
            if (Arrays.equals(next, centres)) {
                return centres;
            }
            centres = next;
        }
        return centres;
    }

    private double[] quantiles(BitSet drawn, IntToDoubleFunction loss, Epoch epoch) {
        RandomStream chance = RandomStream.of("mask-seta-sample", epoch.seed(), epoch.number());
        BitSet sample = Smallest.among(drawn, Math.min(SAMPLE, drawn.cardinality()), chance::uniform);
        double[] sorted = sample.stream().mapToDouble(loss).sorted().toArray();
        double[] quantiles = new double[groups];
        Arrays.setAll(quantiles, group -> sorted[(int) ((group + .5) / groups * sorted.length)]);
        return quantiles;
    }
}
