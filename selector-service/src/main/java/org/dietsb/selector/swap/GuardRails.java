package org.dietsb.selector.swap;

/**
 * Bounds on policies, as shares of all training examples.
 *
 * @param leastKeep minimum share that a policy may backpropagate, in [0, 1]
 * @param mostChange maximum change of that share by one swap, in (0, 1]
 */
record GuardRails(double leastKeep, double mostChange) {
    private static final double ROUNDING = 1e-9;

    /** Returns why a policy that backpropagates this share is not allowed, in words; empty if it is. */
    String against(double share) {
        return share >= leastKeep - ROUNDING
                ? ""
                : "keep x (1 - prePruned) is " + rounded(share) + ", allowed is " + leastKeep
                        + " or more (dietsb.selector.least-keep)";
    }

    /** Returns why a swap between these shares is not allowed, in words; empty if it is. */
    String against(double before, double after) {
        double change = Math.abs(after - before);
        return change <= mostChange + ROUNDING
                ? ""
                : "keep x (1 - prePruned) goes from " + rounded(before) + " to "
                        + rounded(after) + ", a change of " + rounded(change) + ", allowed is "
                        + mostChange + " or less (dietsb.selector.most-change)";
    }

    private static double rounded(double share) {
        return Math.round(share * 1e6) / 1e6;
    }
}
