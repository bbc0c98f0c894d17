package org.dietsb.selector.policy;

import java.util.BitSet;
import java.util.function.IntToDoubleFunction;

/** Finds the places of the smallest keys, in time proportional to the number of keys. */
public final class Smallest {
    private static final int DIGIT_BITS = 8;
    /** Bits by which {@link #among} divides keys that it does not copy. */
    private static final int PREFIX_BITS = 16;
    /** Maximum number of keys that {@link #among} copies: 8 MiB. */
    private static final int MOST_COPIED = 1 << 20;

    /**
     * The m-th smallest key.
     *
     * @param equal number of keys equal to it that are among the m smallest; 1 or more
     */
    private record Cut(long key, int equal) {}

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
        Cut cut = cut(ordered.clone(), m);
        int equal = cut.equal;
        int taken = 0;
        for (int place = 0; taken < m; place++) {
            if (ordered[place] < cut.key || (ordered[place] == cut.key && equal-- > 0)) {
                places[taken++] = place;
            }
        }
        return places;
    }

    /**
     * Returns the m of these candidates that have the smallest keys, by {@link Double#compare}; of equal keys the first are taken. Keys
     * are computed several times rather than kept: memory does not grow with the number of candidates, except for bits.
     *
     * @param key of a candidate; always the same
     */
    public static BitSet among(BitSet candidates, int m, IntToDoubleFunction key) {
        BitSet taken = new BitSet(candidates.length());
        if (m == 0) {
            return taken;
        }
        // Candidates with a key that begins with these bits are undecided, as many as wanted of them are taken.
        long prefix = 0;
        long known = 0;
        int undecided = candidates.cardinality();
        int wanted = m;
        for (int shift = Long.SIZE - PREFIX_BITS;
                shift >= 0 && undecided > wanted && undecided > MOST_COPIED;
                shift -= PREFIX_BITS) {
            int[] have = new int[1 << PREFIX_BITS];
            for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
                long bits = unsigned(key.applyAsDouble(i));
                if ((bits & known) == prefix) {
                    have[(int) (bits >>> shift) & (have.length - 1)]++;
                }
            }
            int digit = 0;
            while (wanted > have[digit]) {
                wanted -= have[digit++];
            }
            undecided = have[digit];
            prefix |= (long) digit << shift;
            known |= (have.length - 1L) << shift;
        }
        if (undecided > wanted && known != -1) {
            Cut cut = cut(copied(candidates, key, known, prefix, undecided), wanted);
            prefix = cut.key ^ Long.MIN_VALUE;
            known = -1;
            wanted = cut.equal;
        }
        for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
            int compared = Long.compareUnsigned(unsigned(key.applyAsDouble(i)) & known, prefix);
            if (compared < 0 || (compared == 0 && wanted-- > 0)) {
                taken.set(i);
            }
        }
        return taken;
    }

    /** Returns the keys of the candidates whose keys begin with a prefix. */
    private static long[] copied(BitSet candidates, IntToDoubleFunction key, long known, long prefix, int count) {
        long[] keys = new long[count];
        int copied = 0;
        for (int i = candidates.nextSetBit(0); i >= 0; i = candidates.nextSetBit(i + 1)) {
            long ordered = comparable(key.applyAsDouble(i));
            if (((ordered ^ Long.MIN_VALUE) & known) == prefix) {
                keys[copied++] = ordered;
            }
        }
        return keys;
    }

    /** Returns an integer that compares as the key does if both are unsigned. */
    private static long unsigned(double key) {
        return comparable(key) ^ Long.MIN_VALUE;
    }

    /** Returns an integer that compares as the key does. */
    private static long comparable(double key) {
        long bits = Double.doubleToLongBits(key);
        return bits ^ ((bits >> 63) & Long.MAX_VALUE);
    }

    /** Finds the m-th smallest key by radix selection, which changes the array: from the highest digit on, only keys that share its digits remain. */
    private static Cut cut(long[] keys, int m) {
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
        return new Cut(keys[0], before + 1);
    }

    /** Returns the digit that begins at this bit. Keys are signed: the sign is inverted so that those below 0 come first. */
    private static int digit(long key, int shift) {
        return (int) ((key ^ Long.MIN_VALUE) >>> shift) & ((1 << DIGIT_BITS) - 1);
    }
}
