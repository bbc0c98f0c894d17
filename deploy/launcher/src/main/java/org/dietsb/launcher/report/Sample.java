package org.dietsb.launcher.report;

import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/** Values of independent runs, such as one a seed. */
public record Sample(List<Double> values) {
    private static final double LEVEL = .95;

    /** Copies its list. */
    public Sample {
        values = List.copyOf(values);
    }

    /** a - b of every seed that both have. */
    static Sample differences(Map<Long, Double> a, Map<Long, Double> b) {
        return new Sample(a.keySet().stream()
                .filter(b::containsKey)
                .map(seed -> a.getOrDefault(seed, 0.0) - b.getOrDefault(seed, 0.0))
                .toList());
    }

    /** a / b of every seed that both have. */
    static Sample ratios(Map<Long, Double> a, Map<Long, Double> b) {
        return new Sample(a.keySet().stream()
                .filter(b::containsKey)
                .map(seed -> a.getOrDefault(seed, 0.0) / b.getOrDefault(seed, 1.0))
                .toList());
    }

    public int n() {
        return values.size();
    }

    /** NaN of none. */
    public double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Standard deviation, of n - 1; NaN of fewer than two. */
    public double spread() {
        return n() < 2
                ? Double.NaN
                : new StandardDeviation()
                        .evaluate(
                                values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    public double least() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    public double most() {
        return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** Lower end of the 95 % interval of the mean by Student's t; minus infinity of fewer than two. */
    public double low() {
        return n() < 2 ? Double.NEGATIVE_INFINITY : mean() - halfWidth();
    }

    /** Upper end of it; infinity of fewer than two. */
    public double high() {
        return n() < 2 ? Double.POSITIVE_INFINITY : mean() + halfWidth();
    }

    private double halfWidth() {
        double t = new TDistribution(n() - 1).inverseCumulativeProbability(1 - (1 - LEVEL) / 2);
        return t * spread() / Math.sqrt(n());
    }

    /** How many lie above a value. */
    int above(double value) {
        return (int) values.stream().filter(one -> one > value).count();
    }

    /** Two-sided p of the sign test against a median of this value; ties are left out; 1 of none. */
    public double signTest(double median) {
        int above = above(median);
        int below = (int) values.stream().filter(one -> one < median).count();
        if (above + below == 0) {
            return 1;
        }
        BinomialDistribution signs = new BinomialDistribution(null, above + below, .5);
        return Math.min(1, 2 * signs.cumulativeProbability(Math.min(above, below)));
    }
}
