package org.dietsb.bench;

import java.util.List;

/** A figure of several rounds. */
record Spread(double median, double min, double max) {

    /** Of one value a round, one or more. */
    static Spread of(List<Double> rounds) {
        double[] sorted =
                rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new Spread(Quantile.of(sorted, .5), sorted[0], sorted[sorted.length - 1]);
    }
}
