package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;

/**
 * RePB (Zhou et al., ICLR 2026, "Inconsistency Biases in Dynamic Data Pruning"). Losses are compared only within a window in which the
 * model hardly changes, here one training step. An example below the mean of its window is a candidate for being dropped from the
 * following epochs, until another step decides otherwise. Each epoch admits a random share of the candidates. An example that was
 * trained in N of the E epochs so far is weighted {@code E/N} in the loss, so that over time all count alike. No selection pass: the
 * losses are those of the training steps. Batches stay full.
 *
 * @param keep share of the candidates that an epoch admits, in (0, 1]
 */
public record RePB(double keep) implements EpochRule {

    @Override
    public Choice choose(Epoch epoch, IntToDoubleFunction signedLoss) {
        return Choice.of(choose(
                epoch.seed(), epoch.number(), epoch.examples(), index -> isCandidate(signedLoss.applyAsDouble(index))));
    }

    /** Returns 1 for all but the candidates, and for these the share that is admitted. */
    @Override
    public double[] probabilities(Epoch epoch, IntToDoubleFunction signedLoss) {
        return InfoBatch.staying(epoch.examples(), keep, index -> isCandidate(signedLoss.applyAsDouble(index)));
    }

    private static boolean isCandidate(double signedLoss) {
        return !Double.isNaN(signedLoss) && Double.doubleToRawLongBits(signedLoss) < 0;
    }

    /**
     * Returns the examples of a window whose losses are below its mean.
     *
     * @param losses [B] in nats
     * @return places within the window; none if all losses are equal
     */
    public static BitSet belowMean(float[] losses) {
        double mean = InfoBatch.mean(losses.length, place -> losses[place]);
        BitSet below = new BitSet();
        for (int place = 0; place < losses.length; place++) {
            below.set(place, losses[place] < mean);
        }
        return below;
    }

    /**
     * Returns the examples that an epoch trains on: bit i stands for example i.
     *
     * @param seed of the run; with the epoch and the index it determines an example's random number
     * @param examples size of the training set
     * @param candidate whether an example was below the mean of its last window; false if it was in none
     */
    public BitSet choose(long seed, int epoch, int examples, IntPredicate candidate) {
        BitSet candidates = new BitSet(examples);
        for (int index = 0; index < examples; index++) {
            candidates.set(index, candidate.test(index));
        }
        BitSet kept = new BitSet(examples);
        kept.set(0, examples);
        kept.andNot(InfoBatch.leftOut(candidates, keep, RandomStream.of("mask-repb", seed, epoch)));
        return kept;
    }

    /**
     * Returns the weight of an example in the loss, E/N, or the cap if that is less.
     *
     * @param epoch E, the running epoch, from 1
     * @param times N, number of epochs that trained the example, the running one included; 1 or more
     * @param cap 1 or more
     */
    public static float weight(int epoch, int times, double cap) {
        return (float) Math.min((float) epoch / times, cap);
    }
}
