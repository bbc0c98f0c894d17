package org.dietsb.selector.policy;

import java.nio.charset.StandardCharsets;

/**
 * Counter-based randomness: a hash of stream name, seed and counters, never of time or order of calls. What is hashed first is
 * hashed once: of a batch's examples only the last counter differs.
 */
public final class RandomStream {
    private final long mixed;

    private RandomStream(long mixed) {
        this.mixed = mixed;
    }

    /** The stream of this name, seed and first counters. */
    static RandomStream of(String stream, long seed, long... first) {
        return new RandomStream(mix(hash(stream, seed, first)));
    }

    /** Uniform in (0, 1), neither end included. */
    double uniform(long last) {
        return unit(mixed + last);
    }

    /** Uniform in (0, 1), neither end included. */
    public static double uniform(String stream, long seed, long... counters) {
        return unit(hash(stream, seed, counters));
    }

    private static long hash(String stream, long seed, long... counters) {
        long hash = seed;
        for (byte b : stream.getBytes(StandardCharsets.UTF_8)) {
            hash = mix(hash ^ b);
        }
        for (long counter : counters) {
            hash = mix(hash) + counter;
        }
        return hash;
    }

    private static double unit(long hash) {
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
