package org.dietsb.contracts;

import java.nio.charset.StandardCharsets;

/**
 * Counter-based random numbers: a number is a hash of the stream's name, the seed and counters, and depends neither on time nor
 * on the order of calls. A stream keeps the hash of its name, seed and first counters, so that only the last counter is hashed
 * per number. Immutable.
 */
public final class RandomStream {
    private final long hash;
    private final long mixed;

    private RandomStream(long hash) {
        this.hash = hash;
        this.mixed = mix(hash);
    }

    /** Returns the stream of this name, seed and first counters. */
    public static RandomStream of(String stream, long seed, long... first) {
        return new RandomStream(hash(stream, seed, first));
    }

    /** Returns a number that is uniform in (0, 1), neither end included. */
    public double uniform(long last) {
        return unit(mixed + last);
    }

    /** Returns a number that is uniform in (0, 1), neither end included. */
    public static double uniform(String stream, long seed, long... counters) {
        return unit(hash(stream, seed, counters));
    }

    /** Returns a number that is uniform over all longs, by a rule of its own for two counters. */
    public long at(long epoch, long position) {
        return mix(mix(hash ^ epoch) + position);
    }

    /** Puts the values into the random order of an epoch (Fisher-Yates). */
    public void shuffle(int[] values, long epoch) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = (int) Math.floorMod(at(epoch, i) >>> 1, (long) i + 1);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }

    /**
     * Fills an array with numbers of the normal distribution with mean 0, by Marsaglia's polar method over the counters from 0 on.
     * Only operations whose results Java specifies to the bit are used, so that every Java version draws the same.
     */
    public void normals(float[] values, double deviation) {
        long last = 0;
        for (int i = 0; i < values.length; i += 2) {
            double x;
            double y;
            double square;
            do {
                x = 2 * uniform(last++) - 1;
                y = 2 * uniform(last++) - 1;
                square = x * x + y * y;
            } while (square >= 1);
            double scale = deviation * Math.sqrt(-2 * StrictMath.log(square) / square);
            values[i] = (float) (x * scale);
            if (i + 1 < values.length) {
                values[i + 1] = (float) (y * scale);
            }
        }
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
