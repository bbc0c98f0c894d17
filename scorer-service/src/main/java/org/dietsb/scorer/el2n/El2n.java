package org.dietsb.scorer.el2n;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * EL2N (Paul et al. 2021, arXiv 2107.07075, section 2): the mean over K independently seeded models of {@code || softmax(f(x))
 * - onehot(y) ||_2}; a mean of norms, not the norm of a mean. In [0, sqrt 2]; high = hard.
 */
public final class El2n {
    private El2n() {}

    /**
     * Returns the scores of the members' error norms, summed in double.
     *
     * @param errorNorms one array [N] per member, at least one, all of the same length
     * @return [N]
     */
    public static float[] scores(List<float[]> errorNorms) {
        if (errorNorms.isEmpty()) {
            throw new IllegalArgumentException("errorNorms has 0 members, allowed is 1 or more");
        }
        int examples = errorNorms.get(0).length;
        for (float[] member : errorNorms) {
            if (member.length != examples) {
                throw new IllegalArgumentException(
                        "a member has " + member.length + " error norms, allowed is what the first has, " + examples);
            }
        }
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

    /** Returns the indices by ascending score, ties by lower index: the order in which examples are pruned. */
    public static int[] lowestFirst(float[] scores) {
        return sorted(scores, (a, b) -> Float.compare(scores[a], scores[b]));
    }

    /** Returns the indices by descending score, ties by lower index. */
    public static int[] highestFirst(float[] scores) {
        return sorted(scores, (a, b) -> Float.compare(scores[b], scores[a]));
    }

    private static int[] sorted(float[] scores, Comparator<Integer> order) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(order)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Returns the examples that pruning at this rate drops, the floor(rate N) lowest; bit i = example i. */
    public static BitSet pruned(float[] scores, double rate) {
        int[] order = lowestFirst(scores);
        BitSet pruned = new BitSet(scores.length);
        int count = (int) Math.floor(rate * scores.length + 1e-9);
        for (int i = 0; i < count; i++) {
            pruned.set(order[i]);
        }
        return pruned;
    }
}
