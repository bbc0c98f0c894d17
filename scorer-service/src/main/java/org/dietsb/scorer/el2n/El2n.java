package org.dietsb.scorer.el2n;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * EL2N (Paul et al. 2021, arXiv 2107.07075, section 2): the mean over K independently seeded models of {@code || softmax(f(x))
 * - onehot(y) ||_2}; a mean of norms, not the norm of a mean. In [0, sqrt 2]; high = hard.
 */
public final class El2n {
    private El2n() {}

    /**
     * Scores from the members' error norms, summed in double.
     *
     * @param errorNorms one array [N] a member, all of one length
     * @return [N]
     */
    public static float[] scores(List<float[]> errorNorms) {
        int examples = errorNorms.get(0).length;
        float[] scores = new float[examples];
        for (int i = 0; i < examples; i++) {
            double sum = 0;
            for (float[] member : errorNorms) {
                sum += member[i];
            }
            scores[i] = (float) (sum / errorNorms.size());
        }
        return scores;
    }

    /** Error norm of one prediction, by log-softmax, which no logit overflows. */
    public static double errorNorm(double[] logits, int label) {
        double largest = Arrays.stream(logits).max().orElseThrow();
        double sum = 0;
        for (double logit : logits) {
            sum += StrictMath.exp(logit - largest);
        }
        double logSum = largest + StrictMath.log(sum);
        double squares = 0;
        for (int c = 0; c < logits.length; c++) {
            double error = StrictMath.exp(logits[c] - logSum) - (c == label ? 1 : 0);
            squares += error * error;
        }
        return Math.sqrt(squares);
    }

    /** Indices by ascending score, ties by lower index. */
    public static int[] ascending(float[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted((a, b) -> Float.compare(scores[a], scores[b]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** What pruning at this rate drops: floor(rate N) of the lowest. */
    public static BitSet pruned(float[] scores, double rate) {
        int[] order = ascending(scores);
        BitSet pruned = new BitSet(scores.length);
        int count = (int) Math.floor(rate * scores.length + 1e-9);
        for (int i = 0; i < count; i++) {
            pruned.set(order[i]);
        }
        return pruned;
    }
}
