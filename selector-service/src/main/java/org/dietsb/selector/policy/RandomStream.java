package org.dietsb.selector.policy;

import java.nio.charset.StandardCharsets;

/** Counter-based randomness: a hash of stream name, seed and counters, never of time or order of calls. */
public final class RandomStream {
    private RandomStream() {}

    /** Uniform in (0, 1), neither end included. */
    public static double uniform(String stream, long seed, long... counters) {
        long hash = seed;
        for (byte b : stream.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ b);
        }
        for (long counter : counters) {
            hash = mix(hash) + counter;
        }
        return ((mix(hash) >>> 12) + .5) * 0x1p-52;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014), with its increment. */
    private static long mix(long z) {
        z += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
