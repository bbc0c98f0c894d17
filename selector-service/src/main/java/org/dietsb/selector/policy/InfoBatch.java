package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * InfoBatch (Qin et al. 2024, arXiv 2303.04947, section 3): for one epoch, of the examples whose last loss is below the mean a
 * random share is left out, and those that stay count {@code 1/keep} in the loss, so that the expected gradient is that of
 * all. Judged once an epoch by the losses of the training steps themselves: no selection pass, full batches. An example
 * without a loss is kept. Where all losses are equal none is below the mean and nothing is left out.
 *
 * @param keep share of the examples below the mean that stay, in (0, 1]; the paper's r is 1 - keep
 */
public record InfoBatch(double keep) {

    /**
     * What an epoch trains on: bit i = example i.
     *
     * @param weighted of the kept, those that count {@code weight}; the others count 1
     */
    public record Choice(BitSet kept, BitSet weighted, float weight) {}

    /**
     * Chooses for an epoch.
     *
     * @param seed of the run; with the epoch and the index it fixes an example's chance
     * @param examples of the training set
     * @param lastLoss of each example, in nats; NaN = none yet
     */
    public Choice choose(long seed, int epoch, int examples, IntToDoubleFunction lastLoss) {
        double mean = mean(examples, lastLoss);
        BitSet below = new BitSet(examples);
        for (int index = 0; index < examples; index++) {
            below.set(index, lastLoss.applyAsDouble(index) < mean);
        }
        BitSet kept = new BitSet(examples);
        kept.set(0, examples);
        BitSet leftOut = leftOut(below, keep, RandomStream.of("mask-infobatch", seed, epoch));
        if (leftOut.isEmpty()) {
            return new Choice(kept, new BitSet(), 1);
        }
        kept.andNot(leftOut);
        below.andNot(leftOut);
        return new Choice(kept, below, (float) (1 / keep));
    }

    /** Which of these are left out where a share of them stays: floor((1 - keep) m) of m, uniformly, without replacement. */
    static BitSet leftOut(BitSet among, double keep, RandomStream chance) {
        int[] candidates = among.stream().toArray();
        double[] drawn = new double[candidates.length];
        Arrays.setAll(drawn, i -> chance.uniform(candidates[i]));
        BitSet leftOut = new BitSet();
        for (int place : Smallest.places(drawn, (int) Math.floor((1 - keep) * candidates.length + 1e-9))) {
            leftOut.set(candidates[place]);
        }
        return leftOut;
    }

    /** In double: a float mean of many equal losses may lie above them. NaN where no example has a loss. */
    static double mean(int examples, IntToDoubleFunction lastLoss) {
        double sum = 0;
        int known = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int index = 0; index < examples; index++) {
            double loss = lastLoss.applyAsDouble(index);
            if (!Double.isNaN(loss)) {
                sum += loss;
                known++;
                least = Math.min(least, loss);
            }
        }
        // Rounding must not lift the mean of equal losses above them.
        double mean = sum / known;
        return mean - least < 1e-9 * least ? least : mean;
    }
}
