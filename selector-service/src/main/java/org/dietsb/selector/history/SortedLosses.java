package org.dietsb.selector.history;

import org.jspecify.annotations.Nullable;

/**
 * A sorted multiset of losses from which some are removed while others are added. Large changes are merged into the rest at once.
 * Small ones are held apart until there are about {@code 32 sqrt(capacity)} of them: a loss therefore takes time proportional to the
 * square root of the capacity, however small the batches, and no memory. Not thread-safe.
 */
final class SortedLosses {
    /** A change of at least one in this many is large: copying the rest then costs less than searching three arrays. */
    private static final int MANY = 128;

    private float[] settled;
    private int settledCount;
    private float[] spare;
    /** Losses added since, ascending. */
    private final float[] entered;

    private int enteredCount;
    /** Losses removed since, ascending. */
    private final float[] left;

    private int leftCount;

    /**
     * Creates a multiset of these losses.
     *
     * @param ascending used without a copy; its length is the capacity
     * @param count number of losses in it
     */
    SortedLosses(float[] ascending, int count) {
        this.settled = ascending;
        this.settledCount = count;
        this.spare = new float[ascending.length];
        this.entered = new float[apart(ascending.length)];
        this.left = new float[apart(ascending.length)];
    }

    private static int apart(int capacity) {
        return (int) Math.min(capacity, 32 * Math.sqrt(capacity));
    }

    static long bytes(int capacity) {
        return 2L * Float.BYTES * (capacity + apart(capacity));
    }

    /**
     * Removes losses that are there and adds others, both ascending. Returns for each added loss how many are strictly below it
     * afterwards.
     */
    int[] replace(float[] leaving, float[] entering) {
        int changes = Math.max(leaving.length, entering.length);
        boolean many = changes > entered.length || changes >= settledCount / MANY;
        if (many || leftCount + leaving.length > left.length || enteredCount + entering.length > entered.length) {
            settle(left, leftCount, entered, enteredCount, null);
            leftCount = 0;
            enteredCount = 0;
        }
        if (many) {
            int[] below = new int[entering.length];
            settle(leaving, leaving.length, entering, entering.length, below);
            return below;
        }
        leftCount = merge(left, leftCount, leaving);
        enteredCount = merge(entered, enteredCount, entering);
        return countsBelow(entering);
    }

    /** Merges losses in and removes others. Unless {@code below} is null, sets in it how many are below each merged loss afterwards. */
    private void settle(float[] without, int withoutCount, float[] with, int withCount, int @Nullable [] below) {
        if (withCount == 0 && withoutCount == 0) {
            return;
        }
        int count = 0;
        int old = 0;
        int young = 0;
        int gone = 0;
        while (young < withCount || gone < withoutCount) {
            float next = Math.min(
                    young < withCount ? with[young] : Float.POSITIVE_INFINITY,
                    gone < withoutCount ? without[gone] : Float.POSITIVE_INFINITY);
            while (old < settledCount && settled[old] < next) {
                spare[count++] = settled[old++];
            }
            int above = count;
            for (; old < settledCount && settled[old] == next; old++) {
                above++;
            }
            for (; young < withCount && with[young] == next; young++) {
                if (below != null) {
                    below[young] = count;
                }
                above++;
            }
            for (; gone < withoutCount && without[gone] == next; gone++) {
                above--;
            }
            while (count < above) {
                spare[count++] = next;
            }
        }
        System.arraycopy(settled, old, spare, count, settledCount - old);
        float[] merged = spare;
        spare = settled;
        settled = merged;
        settledCount += withCount - withoutCount;
    }

    /** Merges losses into an array that has room for them, starting at its end; returns the new number of losses. */
    private static int merge(float[] ascending, int count, float[] more) {
        int old = count - 1;
        int young = more.length - 1;
        for (int place = count + more.length - 1; young >= 0; place--) {
            ascending[place] = old >= 0 && ascending[old] > more[young] ? ascending[old--] : more[young--];
        }
        return count + more.length;
    }

    /** Returns for each of these ascending losses how many are strictly below it. */
    int[] countsBelow(float[] ascending) {
        int[] counts = new int[ascending.length];
        int inSettled = 0;
        int inEntered = 0;
        int inLeft = 0;
        for (int i = 0; i < counts.length; i++) {
            inSettled = below(ascending[i], settled, inSettled, settledCount);
            inEntered = below(ascending[i], entered, inEntered, enteredCount);
            inLeft = below(ascending[i], left, inLeft, leftCount);
            counts[i] = inSettled + inEntered - inLeft;
        }
        return counts;
    }

    /** Returns how many of the first {@code count} are below the loss, at least {@code known}: by galloping, then by bisection. */
    private static int below(float loss, float[] ascending, int known, int count) {
        int low = known;
        int leap = 1;
        while (low + leap <= count && ascending[low + leap - 1] < loss) {
            low += leap;
            leap *= 2;
        }
        int high = Math.min(count, low + leap - 1);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ascending[middle] < loss) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
