package org.dietsb.selector.policy;

/** Finds the places of the smallest keys, in time proportional to the number of keys. */
public final class Smallest {
    private static final int DIGIT_BITS = 8;

    private Smallest() {}

    /** Returns the places of the m smallest keys, by {@link Double#compare}, ascending by place; of equal keys the first are taken. */
    public static int[] places(double[] keys, int m) {
        int[] places = new int[m];
        if (m == 0) {
            return places;
        }
        long[] ordered = new long[keys.length];
        for (int place = 0; place < ordered.length; place++) {
            ordered[place] = comparable(keys[place]);
        }
        long largest = smallest(ordered.clone(), m);
        int equal = m;
        for (long key : ordered) {
            equal -= key < largest ? 1 : 0;
        }
        int taken = 0;
        for (int place = 0; taken < m; place++) {
            if (ordered[place] < largest || (ordered[place] == largest && equal-- > 0)) {
                places[taken++] = place;
            }
        }
        return places;
    }

    /** Returns an integer that compares as the key does. */
    private static long comparable(double key) {
        long bits = Double.doubleToLongBits(key);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    /** Returns the m-th smallest key by radix selection: from the highest digit on, only keys that share its digits remain. */
    private static long smallest(long[] keys, int m) {
        int count = keys.length;
        int before = m - 1;
        for (int shift = Long.SIZE - DIGIT_BITS; shift >= 0 && count > 1; shift -= DIGIT_BITS) {
            int[] have = new int[1 << DIGIT_BITS];
            for (int i = 0; i < count; i++) {
                have[digit(keys[i], shift)]++;
            }
            int wanted = 0;
            while (before >= have[wanted]) {
                before -= have[wanted++];
            }
            int sharing = 0;
            for (int i = 0; i < count; i++) {
                long key = keys[i];
                keys[sharing] = key;
                sharing += digit(key, shift) == wanted ? 1 : 0;
            }
            count = sharing;
        }
        return keys[0];
    }

    /** Returns the digit that begins at this bit. Keys are signed: the sign is inverted so that those below 0 come first. */
    private static int digit(long key, int shift) {
        return (int) ((key ^ Long.MIN_VALUE) >>> shift) & ((1 << DIGIT_BITS) - 1);
    }
}
