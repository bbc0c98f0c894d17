package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.dietsb.contracts.RandomStream;

/**
 * RePB (Zhou et al., ICLR 2026, "Inconsistency Biases in Dynamic Data Pruning"): losses are compared only within a window in which the
 * model hardly changes, here one training step; an example below the mean of its window is a candidate to be left out of the epochs
 * that follow, until a step says otherwise. Of the candidates a random share is admitted to each epoch. An example that was
 * trained in N of the E epochs so far counts {@code E/N} in the loss, so that over time all have counted alike. No selection
 * pass: the losses are those of the training steps. Batches stay full.
 *
 * @param keep share of the candidates that an epoch admits, in (0, 1]
 */
public record RePB(double keep) {

    /**
     * Which examples of a window are below its mean.
     *
     * @param losses [B] in nats
     * @return places within it; none where all losses are equal
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
     * What an epoch trains on: bit i = example i.
     *
     * @param seed of the run; with the epoch and the index it fixes an example's chance
     * @param examples of the training set
     * @param candidate whether an example was below the mean of the window it was in last; false where it was in none
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
     * What an example counts in the loss: E/N.
     *
     * @param epoch E, the running one, from 1
     * @param times N, of how many epochs it was part, the running one included; 1 or more
     */
    public static float weight(int epoch, int times) {
        return (float) epoch / times;
    }
}
