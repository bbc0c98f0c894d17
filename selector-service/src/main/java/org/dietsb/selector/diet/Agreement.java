package org.dietsb.selector.diet;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * How alike two score sets of one training set are.
 *
 * @param scoreSet the other set
 * @param rankCorrelation Spearman's coefficient, equal scores with the mean of their ranks; by chance 0; null if all scores of a set are equal
 * @param lowestQuarter share of the quarter with the lowest scores that is in the other set's too; of equal scores those of lower index
 * @param chance expected share of a quarter drawn at random
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Agreement(String scoreSet, @Nullable Double rankCorrelation, double lowestQuarter, double chance) {
    private static final int PART = 4;

    /** Compares scores, [N], N from 1, each 0 or more, with a set of as many. */
    public static Agreement of(float[] scores, ScoreSet other) {
        long[] ascending = ascending(scores);
        long[] others = ascending(other.scores());
        int quarter = Math.max(1, scores.length / PART);
        BitSet lowest = lowest(ascending, quarter);
        lowest.and(lowest(others, quarter));
        double correlation = correlation(ranks(ascending), ranks(others));
        return new Agreement(
                other.id(),
                Double.isNaN(correlation) ? null : Double.valueOf(correlation),
                (double) lowest.cardinality() / quarter,
                (double) quarter / scores.length);
    }

    /** Returns score and index of each example, by ascending score: the bits of floats that are 0 or more are in their order. */
    private static long[] ascending(float[] scores) {
        long[] keys = new long[scores.length];
        Arrays.setAll(keys, i -> (long) Float.floatToIntBits(scores[i] + 0f) << Integer.SIZE | i);
        Arrays.sort(keys);
        return keys;
    }

    private static BitSet lowest(long[] ascending, int count) {
        BitSet lowest = new BitSet();
        for (int place = 0; place < count; place++) {
            lowest.set((int) ascending[place]);
        }
        return lowest;
    }

    private static double[] ranks(long[] ascending) {
        double[] ranks = new double[ascending.length];
        for (int first = 0; first < ranks.length; ) {
            int end = first;
            while (end < ranks.length && ascending[end] >> Integer.SIZE == ascending[first] >> Integer.SIZE) {
                end++;
            }
            for (int place = first; place < end; place++) {
                ranks[(int) ascending[place]] = (first + end - 1) / 2.0;
            }
            first = end;
        }
        return ranks;
    }

    /** Returns Pearson's coefficient; NaN if one side is constant. The mean of ranks from 0 is known. */
    private static double correlation(double[] one, double[] other) {
        double mean = (one.length - 1) / 2.0;
        double both = 0;
        double ofOne = 0;
        double ofOther = 0;
        for (int i = 0; i < one.length; i++) {
            both += (one[i] - mean) * (other[i] - mean);
            ofOne += (one[i] - mean) * (one[i] - mean);
            ofOther += (other[i] - mean) * (other[i] - mean);
        }
        return both / Math.sqrt(ofOne * ofOther);
    }
}
