package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;

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
        int[] candidates = new int[examples];
        double[] drawn = new double[examples];
        RandomStream chance = RandomStream.of("mask-infobatch", seed, epoch);
        int below = 0;
        for (int index = 0; index < examples; index++) {
            if (lastLoss.applyAsDouble(index) < mean) {
                candidates[below] = index;
                drawn[below++] = chance.uniform(index);
            }
        }
        BitSet kept = new BitSet(examples);
        kept.set(0, examples);
        int dropped = (int) Math.floor((1 - keep) * below + 1e-9);
        if (dropped == 0) {
            return new Choice(kept, new BitSet(), 1);
        }
        BitSet weighted = new BitSet(examples);
        for (int i = 0; i < below; i++) {
            weighted.set(candidates[i]);
        }
        for (int place : Smallest.places(Arrays.copyOf(drawn, below), dropped)) {
            kept.clear(candidates[place]);
            weighted.clear(candidates[place]);
        }
        return new Choice(kept, weighted, (float) (1 / keep));
    }

    /** In double: a float mean of many equal losses may lie above them. NaN where no example has a loss. */
    private static double mean(int examples, IntToDoubleFunction lastLoss) {
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
