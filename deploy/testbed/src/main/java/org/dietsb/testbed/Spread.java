package org.dietsb.testbed;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Median and extremes of a figure over several rounds. */
public record Spread(double median, double min, double max) {

    /** Summarizes one value per round, at least one. */
    public static Spread of(List<Double> rounds) {
        return of(rounds, Double::doubleValue);
    }

    /** Summarizes a figure of each round. */
    public static <T> Spread of(List<T> rounds, ToDoubleFunction<T> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        return new Spread(quantile(sorted, .5), sorted[0], sorted[sorted.length - 1]);
    }

    /**
     * Returns a quantile of one or more values, interpolated between the two nearest.
     *
     * @param sorted ascending
     * @param share in [0, 1]
     */
    public static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
