package org.dietsb.selector.history;

import java.util.Arrays;

/** The last losses of each example of a run, in nats. Memory grows with the number of examples that have one. Not thread-safe. */
public final class RecentLosses {
    /** Number of losses that are kept of each example. */
    public static final int SIZE = 5;

    private static final int PAGE = 4_096;
    /** Maximum size of an array's header and of the reference to it, in bytes. */
    private static final int PAGE_OVERHEAD = 24;

    private final int examples;
    /** Pages of losses, the oldest of an example first; of length 0 until there is one. */
    private float[][] pages = {};

    /** Creates one for a training set of this size, without any losses. */
    public RecentLosses(int examples) {
        this.examples = examples;
    }

    private static int pages(int examples) {
        return (int) ((examples - 1L + PAGE) / PAGE);
    }

    /** Returns the size in bytes when all of this many examples have losses. */
    public static long bytes(int examples) {
        return pages(examples) * (Float.BYTES * (long) SIZE * PAGE + PAGE_OVERHEAD);
    }

    /** Adds a loss of an example, in place of its oldest. */
    public void add(int index, float loss) {
        float[] page = page(index);
        int first = index % PAGE * SIZE;
        System.arraycopy(page, first + 1, page, first, SIZE - 1);
        page[first + SIZE - 1] = loss;
    }

    /** Sets the loss of an example at a place, from 0, the oldest. */
    public void set(int index, int place, float loss) {
        page(index)[index % PAGE * SIZE + place] = loss;
    }

    /** Returns the loss of an example at a place, from 0, the oldest; NaN if it has none. */
    public float of(int index, int place) {
        float[] page = pages.length == 0 ? null : pages[index / PAGE];
        return page == null ? Float.NaN : page[index % PAGE * SIZE + place];
    }

    /** Returns the mean size of the second differences of an example's losses; NaN if it has fewer losses than are kept. */
    public double bend(int index) {
        double sum = 0;
        for (int place = 2; place < SIZE; place++) {
            sum += Math.abs((double) of(index, place) - 2.0 * of(index, place - 1) + of(index, place - 2));
        }
        return sum / (SIZE - 2);
    }

    private float[] page(int index) {
        if (pages.length == 0) {
            pages = new float[pages(examples)][];
        }
        float[] page = pages[index / PAGE];
        if (page == null) {
            page = new float[PAGE * SIZE];
            Arrays.fill(page, Float.NaN);
            pages[index / PAGE] = page;
        }
        return page;
    }

    /** Returns the first example from {@code index} on that has a loss; the number of examples if there is none. */
    public int next(int index) {
        for (int i = pages.length == 0 ? examples : index; i < examples; i++) {
            if (pages[i / PAGE] == null) {
                i = (int) Math.min(examples, (i / PAGE + 1L) * PAGE) - 1;
            } else if (!Float.isNaN(of(i, SIZE - 1))) {
                return i;
            }
        }
        return examples;
    }
}
