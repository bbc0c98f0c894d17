package org.dietsb.bench;

/** Quantiles of a sample. */
final class Quantile {
    private Quantile() {}

    /**
     * The quantile of one or more values, between the two that are nearest.
     *
     * @param sorted ascending
     * @param share in [0, 1]
     */
    static double of(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
