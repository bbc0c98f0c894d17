package org.dietsb.selector.history;

import java.util.Arrays;

/** The last loss of each example of a run, in nats; memory grows with the examples that have one. Not thread-safe. */
public final class LastLosses {
    private static final int PAGE = 4_096;
    /** Bytes of an array's header and of the reference to it, at most. */
    private static final int PAGE_OVERHEAD = 24;

    private final float[][] pages;

    /** For a training set of this many examples, none of which has a loss yet. */
    public LastLosses(int examples) {
        this.pages = new float[(examples + PAGE - 1) / PAGE][];
    }

    /** Bytes it takes when every example of so many has a loss. */
    public static long bytes(int examples) {
        long pages = (examples + PAGE - 1L) / PAGE;
        return pages * (Float.BYTES * PAGE + PAGE_OVERHEAD);
    }

    /** Notes the losses of these examples. */
    public void note(int[] indices, float[] losses) {
        for (int i = 0; i < indices.length; i++) {
            float[] page = pages[indices[i] / PAGE];
            if (page == null) {
                page = new float[PAGE];
                Arrays.fill(page, Float.NaN);
                pages[indices[i] / PAGE] = page;
            }
            page[indices[i] % PAGE] = losses[i];
        }
    }

    /** The last loss of this example; NaN if it has none. */
    public float of(int index) {
        float[] page = pages[index / PAGE];
        return page == null ? Float.NaN : page[index % PAGE];
    }

    /** The last losses of these examples, NaN where there is none. */
    public float[] of(int[] indices) {
        float[] losses = new float[indices.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = of(indices[i]);
        }
        return losses;
    }
}
