package org.dietsb.bench.report;

/**
 * A bound that a ratio must keep.
 *
 * @param sign printed before the bound
 * @param tolerance share by which the ratio may exceed an upper bound
 */
public record Limit(double bound, String sign, double tolerance) {
    private static final String AT_LEAST = ">= ";

    /** Creates an upper bound, for costs such as times. */
    public static Limit atMost(double bound) {
        return new Limit(bound, "<= ", 0);
    }

    /** Creates a lower bound, for benefits such as throughput. */
    public static Limit atLeast(double bound) {
        return new Limit(bound, AT_LEAST, 0);
    }

    /** Creates the bound of a cost that cannot be below the sum of its parts, and may exceed it by 5 %. */
    public static Limit sumOfParts(double bound) {
        return new Limit(bound, "", .05);
    }

    boolean isKeptBy(double ratio) {
        return sign.equals(AT_LEAST) ? ratio >= bound : ratio <= bound * (1 + tolerance);
    }
}
