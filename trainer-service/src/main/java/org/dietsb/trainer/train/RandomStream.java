package org.dietsb.trainer.train;

import java.nio.charset.StandardCharsets;

/** Counter-based randomness: a number depends on the stream's name, the run's seed and the counters, never on call order. */
final class RandomStream {
    private final long base;

    RandomStream(String name, long seed) {
        long hash = seed;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ b);
        }
        base = hash;
    }

    /** Uniform over all longs. */
    long at(long epoch, long position) {
        return mix(mix(base ^ epoch) + position);
    }

    /** Brings the values into a random order (Fisher-Yates). */
    void shuffle(int[] values, long epoch) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = (int) Math.floorMod(at(epoch, i) >>> 1, (long) i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), with its increment. */
    private static long mix(long z) {
        z += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
