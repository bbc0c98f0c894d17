package org.dietsb.selector.history;

/** The last losses of a run, in order, up to a capacity. Not thread-safe. */
public final class LossHistory {
    private final float[] ring;
    private long appended;

    /** Remembers the last {@code capacity} losses, 1 or more. */
    public LossHistory(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("historySize is " + capacity + ", allowed is 1 or more");
        }
        this.ring = new float[capacity];
    }

    public void append(float[] losses) {
        for (float loss : losses) {
            ring[(int) (appended++ % ring.length)] = loss;
        }
    }

    /** The last {@code size} losses, at most the capacity, if these were appended now; in a new array, oldest first. */
    public float[] with(float[] losses, int size) {
        int total = (int) Math.min(Math.min(size, ring.length), appended + losses.length);
        float[] last = new float[total];
        for (int i = 0; i < total; i++) {
            long place = appended + losses.length - total + i;
            last[i] = place < appended ? ring[(int) (place % ring.length)] : losses[(int) (place - appended)];
        }
        return last;
    }
}
