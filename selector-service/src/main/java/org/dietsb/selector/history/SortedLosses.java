package org.dietsb.selector.history;

import org.jspecify.annotations.Nullable;

/**
 * A multiset of losses that some leave while others enter, kept in order. Where these are many, they are merged into the rest
 * at once. Else they are held apart, until there are some {@code 32 sqrt(capacity)} of them: so a loss costs time in proportion
 * to the square root of the capacity, however small the batches, and no memory. Not thread-safe.
 */
final class SortedLosses {
    /** Many is one in so many: then copying the rest costs less than looking in three places. */
    private static final int MANY = 128;

    private float[] settled;
    private int settledCount;
    private float[] spare;
    /** Entered since, ascending. */
    private final float[] entered;

    private int enteredCount;
    /** Left since, ascending. */
    private final float[] left;

    private int leftCount;

    /**
     * Begins with these.
     *
     * @param ascending taken over, not copied; its length is the most there ever are
     * @param count how many of them there are
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
     * Lets losses go that are there, and takes others; both ascending. Tells of each that enters how many there are then strictly
     * below it.
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

    /** Merges some in and leaves some out. If asked, notes of each that comes in how many are then below it. */
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

    /** Merges losses into an array that has room for them, from its end on; tells how many there are then. */
    private static int merge(float[] ascending, int count, float[] more) {
        int old = count - 1;
        int young = more.length - 1;
        for (int place = count + more.length - 1; young >= 0; place--) {
            ascending[place] = old >= 0 && ascending[old] > more[young] ? ascending[old--] : more[young--];
        }
        return count + more.length;
    }

    /** Of each of these losses, which ascend, how many there are strictly below it. */
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

    /** How many of the first {@code count} are below the loss, where {@code known} are: in leaps that double, then by halving. */
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
