package org.dietsb.launcher.report;

import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/** Values of independent runs, such as one per seed. */
public record Sample(List<Double> values) {
    private static final double LEVEL = .95;

    /** Copies its list. */
    public Sample {
        values = List.copyOf(values);
    }

    /** Returns a - b for every seed that both have. */
    static Sample differences(Map<Long, Double> a, Map<Long, Double> b) {
        return paired(a, b, (one, other) -> one - other);
    }

    /** Returns a / b for every seed that both have. */
    static Sample ratios(Map<Long, Double> a, Map<Long, Double> b) {
        return paired(a, b, (one, other) -> one / other);
    }

    private static Sample paired(Map<Long, Double> a, Map<Long, Double> b, BinaryOperator<Double> operator) {
        return new Sample(a.entrySet().stream()
                .filter(one -> b.containsKey(one.getKey()))
                .map(one -> operator.apply(one.getValue(), b.getOrDefault(one.getKey(), Double.NaN)))
                .toList());
    }

    private double[] array() {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    public int n() {
        return values.size();
    }

    /** Returns the mean; NaN of an empty sample. */
    public double mean() {
        return DoubleStream.of(array()).average().orElse(Double.NaN);
    }

    /** Returns the standard deviation with n - 1; NaN of fewer than two values. */
    public double spread() {
        return n() < 2 ? Double.NaN : new StandardDeviation().evaluate(array());
    }

    public double least() {
        return DoubleStream.of(array()).min().orElse(Double.NaN);
    }

    public double most() {
        return DoubleStream.of(array()).max().orElse(Double.NaN);
    }

    /** Returns the lower end of the 95 % t-interval of the mean; minus infinity of fewer than two values. */
    public double low() {
        return n() < 2 ? Double.NEGATIVE_INFINITY : mean() - halfWidth();
    }

    /** Returns the upper end of the 95 % t-interval of the mean; infinity of fewer than two values. */
    public double high() {
        return n() < 2 ? Double.POSITIVE_INFINITY : mean() + halfWidth();
    }

    private double halfWidth() {
        double t = new TDistribution(n() - 1).inverseCumulativeProbability(1 - (1 - LEVEL) / 2);
        return t * spread() / Math.sqrt(n());
    }

    /** Returns the number of values above a threshold. */
    int above(double value) {
        return (int) values.stream().filter(one -> one > value).count();
    }

    /** Returns the two-sided p of the sign test against a median. Ties are left out; 1 if nothing else is left. */
    double signTest(double median) {
        int above = above(median);
        int below = (int) values.stream().filter(one -> one < median).count();
        if (above + below == 0) {
            return 1;
        }
        BinomialDistribution signs = new BinomialDistribution(null, above + below, .5);
        return Math.min(1, 2 * signs.cumulativeProbability(Math.min(above, below)));
    }
}
