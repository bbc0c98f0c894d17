package org.dietsb.selector.history;

import java.util.Arrays;

/** Sorts losses in ascending order: by {@link Float#compare}, equal ones by position. */
public final class LossOrder {
    private static final int DIGIT_BITS = 11;
    private static final int DIGITS = 1 << DIGIT_BITS;
    /** Number of losses from which radix sort is faster than comparisons. */
    private static final int BY_DIGITS = 512;

    private LossOrder() {}

    /** Returns the places [0, n) of n losses, by ascending loss. */
    public static int[] places(float[] losses) {
        long[] keys = keys(losses);
        int[] places = new int[keys.length];
        for (int rank = 0; rank < places.length; rank++) {
            places[rank] = (int) keys[rank];
        }
        return places;
    }

    /** Returns sorted keys: the high bits are the loss, as an integer that compares as the loss does; the low bits are its place. */
    private static long[] keys(float[] losses) {
        long[] keys = new long[losses.length];
        for (int place = 0; place < keys.length; place++) {
            int bits = Float.floatToIntBits(losses[place]);
            keys[place] = ((long) (bits ^ ((bits >> 31) & Integer.MAX_VALUE)) << 32) | place;
        }
        if (keys.length < BY_DIGITS) {
            Arrays.sort(keys);
            return keys;
        }
        return byDigits(keys);
    }

    /** Radix sort, least significant digit first; each pass keeps the order of equal digits, and so of places. */
    private static long[] byDigits(long[] keys) {
        long[] from = keys;
        long[] to = new long[keys.length];
        int[] starts = new int[DIGITS];
        for (int shift = 32; shift < 64; shift += DIGIT_BITS) {
            Arrays.fill(starts, 0);
            for (long key : from) {
                starts[digit(key, shift)]++;
            }
            int start = 0;
            for (int digit = 0; digit < DIGITS; digit++) {
                int count = starts[digit];
                starts[digit] = start;
                start += count;
            }
            for (long key : from) {
                to[starts[digit(key, shift)]++] = key;
            }
            long[] sorted = to;
            to = from;
            from = sorted;
        }
        return from;
    }

    /** Returns the digit that begins at this bit. Keys are signed: the sign is inverted so that those below 0 come first. */
    private static int digit(long key, int shift) {
        return (int) ((key ^ Long.MIN_VALUE) >>> shift) & (DIGITS - 1);
    }
}
