package org.dietsb.launcher.sample;

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
    /** Number of values from which on there is an interval: that of two is wider than anything it could say. */
    private static final int ENOUGH_FOR_AN_INTERVAL = 3;

    /** Copies its list. */
    public Sample {
        values = List.copyOf(values);
    }

    /** Returns a - b for every seed that both have. */
    public static Sample differences(Map<Long, Double> a, Map<Long, Double> b) {
        return paired(a, b, (one, other) -> one - other);
    }

    /** Returns a / b for every seed that both have. */
    public static Sample ratios(Map<Long, Double> a, Map<Long, Double> b) {
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

    /** Returns the lower end of the 95 % t-interval of the mean; minus infinity if there is no interval. */
    public double low() {
        return hasInterval() ? mean() - halfWidth() : Double.NEGATIVE_INFINITY;
    }

    /** Returns the upper end of the 95 % t-interval of the mean; infinity if there is no interval. */
    public double high() {
        return hasInterval() ? mean() + halfWidth() : Double.POSITIVE_INFINITY;
    }

    /** Whether there are enough values for an interval. */
    public boolean hasInterval() {
        return n() >= ENOUGH_FOR_AN_INTERVAL;
    }

    /** Returns half of the 95 % t-interval of the mean; NaN if there is no interval. */
    public double halfWidth() {
        if (!hasInterval()) {
            return Double.NaN;
        }
        double t = new TDistribution(n() - 1).inverseCumulativeProbability(1 - (1 - LEVEL) / 2);
        return t * spread() / Math.sqrt(n());
    }

    /** Returns the number of values above a threshold. */
    public int above(double value) {
        return (int) values.stream().filter(one -> one > value).count();
    }

    /** Returns the two-sided p of the sign test against a median. Ties are left out; 1 if nothing else is left. */
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
