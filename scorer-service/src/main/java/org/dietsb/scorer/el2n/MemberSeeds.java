package org.dietsb.scorer.el2n;

/**
 * Seeds of ensemble members, from a stream of their own (SplitMix64, Steele et al. 2014), so that no member shares its initial
 * weights with the run that is pruned by its scores. The seed of a member does not depend on the number of members.
 */
public final class MemberSeeds {
    private static final long STREAM = 0x5C02E6D1E72B0001L;
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private MemberSeeds() {}

    /** Returns a seed in [0, 2^48), so that JSON readers keep every digit. */
    public static long seed(long seed, int member) {
        return mix(mix(seed ^ STREAM) + (member + 1) * GAMMA) >>> 16;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
