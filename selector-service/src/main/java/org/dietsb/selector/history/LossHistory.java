package org.dietsb.selector.history;

import org.jspecify.annotations.Nullable;

/** The last losses of a run, in order, up to a capacity; allocates memory with the first. Not thread-safe. */
public final class LossHistory {
    private final int capacity;
    private float[] ring = {};
    private long appended;

    /** The last losses in ascending order, as many as were queried last; null if they are not queried. */
    private @Nullable SortedLosses sorted;

    private int sortedSize;
    private long askedAt;

    /** Creates a history of the last {@code capacity} losses, 1 or more. */
    public LossHistory(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("historySize is " + capacity + ", allowed is 1 or more");
        }
        this.capacity = capacity;
    }

    /**
     * Returns the size in bytes of a full history.
     *
     * @param sorted whether counts below a loss are queried
     */
    public static long bytes(int capacity, boolean sorted) {
        return Float.BYTES * (long) capacity + (sorted ? SortedLosses.bytes(capacity) : 0);
    }

    /** Appends losses; the oldest are dropped when the capacity is exceeded. */
    public void append(float[] losses) {
        if (appended - askedAt > sortedSize || losses.length > sortedSize) {
            sorted = null;
        }
        if (sorted != null) {
            var unused = slide(sorted, losses, ascending(losses, LossOrder.places(losses)));
        }
        remember(losses);
    }

    /**
     * Appends losses, and returns for each how many of the last {@code size} are strictly below it. Takes time proportional to the
     * square root of the size, and no memory except for the result. The first call, and each with another size than before, sorts the
     * history.
     *
     * @param size 1 or more; limited to the capacity
     */
    public int[] appendAndCountBelow(float[] losses, int size) {
        int[] places = LossOrder.places(losses);
        float[] ascending = ascending(losses, places);
        int within = Math.min(size, capacity);
        int[] counts;
        if (sorted == null || sortedSize != within || losses.length > within) {
            remember(losses);
            SortedLosses now = sortedNow(within);
            counts = now.countsBelow(ascending);
            sorted = now;
            sortedSize = within;
        } else {
            counts = slide(sorted, losses, ascending);
            remember(losses);
        }
        askedAt = appended;
        int[] byPlace = new int[counts.length];
        for (int rank = 0; rank < counts.length; rank++) {
            byPlace[places[rank]] = counts[rank];
        }
        return byPlace;
    }

    /** Maximum number of losses. */
    public int capacity() {
        return capacity;
    }

    /** Returns all losses, oldest first, in a new array: appended to a new history of this capacity, they make an equal one. */
    public float[] all() {
        return with(new float[0], capacity);
    }

    /** Returns how many of the last {@code size} losses there are. */
    public int count(int size) {
        return (int) Math.min(Math.min(size, capacity), appended);
    }

    /** Returns the last {@code size} losses, at most the capacity, as if these were appended; in a new array, oldest first. */
    public float[] with(float[] losses, int size) {
        int total = (int) Math.min(Math.min(size, capacity), appended + losses.length);
        float[] last = new float[total];
        for (int i = 0; i < total; i++) {
            long place = appended + losses.length - total + i;
            last[i] = place < appended ? ring[(int) (place % capacity)] : losses[(int) (place - appended)];
        }
        return last;
    }

    private void remember(float[] losses) {
        if (ring.length == 0 && losses.length > 0) {
            ring = new float[capacity];
        }
        int kept = Math.min(losses.length, capacity);
        appended += losses.length - kept;
        int place = (int) (appended % capacity);
        int beforeTheEnd = Math.min(kept, capacity - place);
        System.arraycopy(losses, losses.length - kept, ring, place, beforeTheEnd);
        System.arraycopy(losses, losses.length - kept + beforeTheEnd, ring, 0, kept - beforeTheEnd);
        appended += kept;
    }

    private SortedLosses sortedNow(int size) {
        float[] last = with(new float[0], size);
        float[] ascending = new float[size];
        System.arraycopy(ascending(last, LossOrder.places(last)), 0, ascending, 0, last.length);
        return new SortedLosses(ascending, last.length);
    }

    /** Replaces the oldest of the sorted losses by losses that are not in the history yet. */
    private int[] slide(SortedLosses last, float[] losses, float[] ascending) {
        int there = count(sortedSize);
        float[] leaving = new float[Math.max(0, there + losses.length - sortedSize)];
        for (int i = 0; i < leaving.length; i++) {
            leaving[i] = ring[(int) ((appended - there + i) % capacity)];
        }
        return last.replace(ascending(leaving, LossOrder.places(leaving)), ascending);
    }

    private static float[] ascending(float[] losses, int[] places) {
        float[] ascending = new float[losses.length];
        for (int rank = 0; rank < ascending.length; rank++) {
            ascending[rank] = losses[places[rank]];
        }
        return ascending;
    }
}
