package org.dietsb.trainer.dataset;

/**
 * The augmentation of one example in one epoch, a function of seed, epoch and index only.
 *
 * @param down vertical offset of the crop, [0, 2 x pad]; pad = centered
 * @param right horizontal offset, likewise
 */
record AugmentationDraw(int down, int right, boolean flipped) {
    private static final long STREAM = 0x6175676D656E7431L;

    static AugmentationDraw of(long seed, int epoch, int index, int pad) {
        long bits = mix(mix(mix(seed ^ STREAM) + epoch) + index);
        int offsets = 2 * pad + 1;
        return new AugmentationDraw(
                (int) Math.floorMod(bits >>> 2, (long) offsets),
                (int) Math.floorMod(mix(bits) >>> 2, (long) offsets),
                (bits & 1) == 1);
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), with its increment. */
    private static long mix(long z) {
        z += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
