package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * Examples divided by their losses into groups: k-means in one dimension by Lloyd's algorithm, begun at quantiles of a sample, until nothing
 * changes. Sums are taken in the order of indices, so that equal losses give equal groups on any machine. If all losses are equal, the
 * groups are parts of the same size in that order. For one thread.
 */
final class LossGroups {
    private static final int MOST_ROUNDS = 300;
    /** Maximum number of examples that the first centres are taken from. */
    private static final int SAMPLE = 4_096;
    /** Maximum number of losses that are held, 16 MiB; of more, each round reads all again. */
    private static final int MOST_HELD = 1 << 21;

    private final BitSet members;
    private final int groups;
    private final IntToDoubleFunction loss;
    /** Losses of members in the order of indices: of all if they fit, else of some that follow one another. */
    private final double[] held;

    private final boolean holdsAll;

    /**
     * Creates groups of examples.
     *
     * @param members 1 or more
     * @param groups from 1
     * @param loss in nats, finite
     */
    LossGroups(BitSet members, int groups, IntToDoubleFunction loss) {
        this(members, groups, loss, MOST_HELD);
    }

    LossGroups(BitSet members, int groups, IntToDoubleFunction loss, int mostHeld) {
        this.members = members;
        this.groups = groups;
        this.loss = loss;
        int count = members.cardinality();
        this.holdsAll = count <= mostHeld;
        this.held = holdsAll ? members.stream().mapToDouble(loss).toArray() : new double[mostHeld];
    }

    /**
     * Returns the members of neighbouring groups, counted from 0, the easiest.
     *
     * @param first group
     * @param end the group after the last
     */
    BitSet between(int first, int end, EpochRule.Epoch epoch) {
        double[] bounds = bounds(centres(epoch));
        boolean equal = members.stream().mapToDouble(loss).distinct().limit(2).count() == 1;
        int part = (members.cardinality() + groups - 1) / groups;
        BitSet chosen = new BitSet(members.length());
        int place = 0;
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            int group = equal ? place / part : group(bounds, loss.applyAsDouble(i));
            chosen.set(i, group >= first && group < end);
            place++;
        }
        return chosen;
    }

    /** Returns the group of a loss: the number of bounds that are below it, or equal. */
    private static int group(double[] bounds, double loss) {
        // By the sign of the difference, and over all bounds: branches are unpredictable here, and take twice as long.
        int group = bounds.length;
        for (double bound : bounds) {
            group -= (int) (Double.doubleToRawLongBits(loss - bound) >>> 63);
        }
        return group;
    }

    /** Returns the bounds between neighbouring groups, half-way between their centres, none below the one before. */
    private static double[] bounds(double[] centres) {
        double[] bounds = new double[centres.length - 1];
        double before = Double.NEGATIVE_INFINITY;
        for (int group = 0; group < bounds.length; group++) {
            // The mean of losses that are almost equal may be above all of them, by its rounding.
            before = Math.max(before, (centres[group] + centres[group + 1]) / 2);
            bounds[group] = before;
        }
        return bounds;
    }

    /** Returns the centres of the groups, ascending. */
    private double[] centres(EpochRule.Epoch epoch) {
        double[] centres = quantiles(epoch);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Sums sums = sums(bounds(centres));
            double[] next = new double[groups];
            for (int group = 0; group < groups; group++) {
                next[group] = sums.counts[group] == 0 ? centres[group] : sums.losses[group] / sums.counts[group];
            }
            if (Arrays.equals(next, centres)) {
                return centres;
            }
            centres = next;
        }
        return centres;
    }

    private double[] quantiles(EpochRule.Epoch epoch) {
        RandomStream chance = RandomStream.of("mask-seta-sample", epoch.seed(), epoch.number());
        BitSet sample = Smallest.among(members, Math.min(SAMPLE, members.cardinality()), chance::uniform);
        double[] sorted = sample.stream().mapToDouble(loss).sorted().toArray();
        double[] quantiles = new double[groups];
        Arrays.setAll(quantiles, group -> sorted[(int) ((group + .5) / groups * sorted.length)]);
        return quantiles;
    }

    /** The sum of the losses of each group, and its size. */
    private static final class Sums {
        private final double[] losses;
        private final int[] counts;

        Sums(int groups) {
            losses = new double[groups];
            counts = new int[groups];
        }

        /** Adds the first {@code count} of these losses. */
        void add(double[] more, int count, double[] bounds) {
            for (int i = 0; i < count; i++) {
                int group = group(bounds, more[i]);
                losses[group] += more[i];
                counts[group]++;
            }
        }
    }

    private Sums sums(double[] bounds) {
        Sums sums = new Sums(groups);
        if (holdsAll) {
            sums.add(held, held.length, bounds);
            return sums;
        }
        int count = 0;
        for (int i = members.nextSetBit(0); i >= 0; i = members.nextSetBit(i + 1)) {
            held[count++] = loss.applyAsDouble(i);
            if (count == held.length) {
                sums.add(held, count, bounds);
                count = 0;
            }
        }
        sums.add(held, count, bounds);
        return sums;
    }
}
