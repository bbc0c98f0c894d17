package org.dietsb.launcher.report;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.apache.commons.math3.stat.ranking.NaNStrategy;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;
import org.dietsb.launcher.sample.Sample;

/** Agreement of two orders of the same examples. Values are [N], low first. Results are expectations over random ties. */
final class Overlap {
    private Overlap() {}

    /** Two orders of the same examples, such as usage counts and scores. */
    record Pair(double[] a, double[] b) {}

    /** Returns the overlap of the lowest share, one per pair. */
    static Sample lowest(List<Pair> pairs, double share) {
        return new Sample(
                pairs.stream().map(pair -> lowest(pair.a, pair.b, share)).toList());
    }

    /** Returns the rank correlation of each pair, as far as it is defined. */
    static Sample correlations(List<Pair> pairs) {
        return new Sample(pairs.stream()
                .map(pair -> correlation(pair.a, pair.b))
                .filter(found -> !found.isNaN())
                .toList());
    }

    /**
     * Returns the part of the lowest share by a that belongs to the lowest share by b too; by chance, the share.
     *
     * @param share in (0, 1); of N examples floor(share x N) are taken, but at least one
     */
    static double lowest(double[] a, double[] b, double share) {
        double[] inA = membership(a, share);
        double[] inB = membership(b, share);
        double common = 0;
        for (int i = 0; i < a.length; i++) {
            common += inA[i] * inB[i];
        }
        return common / count(a.length, share);
    }

    private static int count(int examples, double share) {
        return Math.max(1, (int) Math.floor(share * examples + 1e-9));
    }

    /** Returns the probability [N] of each example to be among the lowest share: 1, 0, or that of its tie. */
    static double[] membership(double[] values, double share) {
        int count = count(values.length, share);
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double last = sorted[count - 1];
        int below = 0;
        int tied = 0;
        for (double value : values) {
            below += value < last ? 1 : 0;
            tied += value == last ? 1 : 0;
        }
        double ofTie = (double) (count - below) / tied;
        return Arrays.stream(values)
                .map(value -> value < last ? 1 : value == last ? ofTie : 0)
                .toArray();
    }

    /** Returns ranks [N] from 1; tied examples share their mean rank. */
    static double[] ranks(double[] values) {
        return new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE).rank(values);
    }

    /** Returns Spearman's rank correlation; by chance 0. NaN if one side is constant. */
    static double correlation(double[] a, double[] b) {
        return new SpearmansCorrelation().correlation(a, b);
    }
}
