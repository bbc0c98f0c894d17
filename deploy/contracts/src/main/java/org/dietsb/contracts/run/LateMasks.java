package org.dietsb.contracts.run;

/**
 * Whether a run shows something about its policy although masks timed out. A batch whose mask times out is trained whole, or on as many
 * examples at random, so that the run trains on other examples than its policy selects, unless that is the baseline.
 */
public final class LateMasks {
    /** Largest share of steps without their mask that a comparison accepts. */
    private static final double MOST = .01;

    private LateMasks() {}

    /**
     * Returns why a run shows nothing about its policy, such as "69 of 948 masks timed out"; empty if at most 1 % of its masks did.
     *
     * @param timedOut number of masks that timed out, in all epochs
     * @param steps of the optimizer, in all epochs
     */
    public static String words(long timedOut, long steps) {
        long all = Math.max(steps, timedOut);
        return timedOut > MOST * all ? timedOut + " of " + all + " masks timed out" : "";
    }
}
