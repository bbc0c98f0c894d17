package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;

/**
 * InfoBatch (Qin et al. 2024, arXiv 2303.04947, section 3). Each epoch drops a random share of the examples whose last loss is below
 * the mean; the others of these are weighted {@code 1/keep} in the loss, so that the expected gradient is that of all examples.
 * Judged once per epoch by the losses of the training steps: no selection pass, full batches. An example without a loss is kept. If
 * all losses are equal, none is below the mean and nothing is dropped.
 *
 * @param keep share of the examples below the mean that are kept, in (0, 1]; the paper's r is 1 - keep
 */
public record InfoBatch(double keep) implements EpochRule {

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        return choose(
                epoch.seed(), epoch.number(), epoch.examples(), index -> Math.abs(signedLoss.applyAsDouble(index)));
    }

    /** Returns 1 above the mean, and below it the share that stays. */
    @Override
    public double[] probabilities(Epoch epoch, IntToDoubleFunction signedLoss) {
        double mean = mean(epoch.examples(), index -> Math.abs(signedLoss.applyAsDouble(index)));
        return staying(epoch.examples(), keep, index -> Math.abs(signedLoss.applyAsDouble(index)) < mean);
    }

    /**
     * Chooses the examples of an epoch.
     *
     * @param seed of the run; with the epoch and the index it determines an example's random number
     * @param examples size of the training set
     * @param lastLoss of each example, in nats; NaN if it has none yet
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

    /** Returns 1 for all but these, of which this share stays, and for these the share that really does. */
    static double[] staying(int examples, double keep, IntPredicate among) {
        int m = (int) IntStream.range(0, examples).filter(among).count();
        double stays = m == 0 ? 1 : 1 - Math.floor((1 - keep) * m + 1e-9) / m;
        double[] probabilities = new double[examples];
        Arrays.setAll(probabilities, index -> among.test(index) ? stays : 1);
        return probabilities;
    }

    /** Returns which of these are dropped at this keep: floor((1 - keep) m) of m, uniformly, without replacement. */
    static BitSet leftOut(BitSet among, double keep, RandomStream chance) {
        int dropped = (int) Math.floor((1 - keep) * among.cardinality() + 1e-9);
        return Smallest.among(among, dropped, chance::uniform);
    }

    /** Returns the mean, in double precision: a float mean of many equal losses may exceed them. NaN if no example has a loss. */
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
        // The rounded mean of equal losses must not exceed them.
        double mean = sum / known;
        return mean - least < 1e-9 * least ? least : mean;
    }
}
