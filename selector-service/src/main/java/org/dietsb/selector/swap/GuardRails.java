package org.dietsb.selector.swap;

/**
 * How little a policy may backpropagate, and how much a swap may change that. Both are shares of all training examples.
 *
 * @param leastKeep in [0, 1]
 * @param mostChange in (0, 1]
 */
record GuardRails(double leastKeep, double mostChange) {
    private static final double ROUNDING = 1e-9;

    GuardRails {
        require(leastKeep >= 0 && leastKeep <= 1, "least-keep", leastKeep, "[0, 1]");
        require(mostChange > 0 && mostChange <= 1, "most-change", mostChange, "(0, 1]");
    }

    private static void require(boolean holds, String setting, double value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "dietsb.selector." + setting + " is " + value + ", allowed is " + allowed);
        }
    }

    /** Why a policy that backpropagates this share is not allowed, in words; empty if it is. */
    String against(double share) {
        return share >= leastKeep - ROUNDING
                ? ""
                : "keep x (1 - prePruned) is " + rounded(share) + ", allowed is " + leastKeep
                        + " or more (dietsb.selector.least-keep)";
    }

    /** Why the one may not follow upon the other, in words; empty if it may. */
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
