package org.dietsb.selector.history;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The last loss of each example of a run, in nats, and whether it was below the mean loss of its training step, which the sign stands
 * for in {@link #signed}. Memory grows with the number of examples that have a loss. Not thread-safe.
 */
public final class LastLosses {
    private static final int PAGE = 4_096;
    /** Maximum size of an array's header and of the reference to it, in bytes. */
    private static final int PAGE_OVERHEAD = 24;

    private final int examples;
    /** Pages of losses, allocated with their first loss; of length 0 until there is one. */
    private float[][] pages = {};

    /** Creates one for a training set of this size, without any losses. */
    public LastLosses(int examples) {
        this.examples = examples;
    }

    private static int pages(int examples) {
        return (int) ((examples - 1L + PAGE) / PAGE);
    }

    /** Returns the size in bytes when all of this many examples have a loss. */
    public static long bytes(int examples) {
        return pages(examples) * (Float.BYTES * (long) PAGE + PAGE_OVERHEAD);
    }

    /** Sets the losses of these examples, none of them as below a mean. */
    public void note(int[] indices, float[] losses) {
        note(indices, losses, new BitSet());
    }

    /**
     * Sets the losses of these examples.
     *
     * @param below the places of losses below the mean
     */
    public void note(int[] indices, float[] losses, BitSet below) {
        for (int i = 0; i < indices.length; i++) {
            note(indices[i], below.get(i) ? -losses[i] : losses[i]);
        }
    }

    /** Sets the loss of this example, negative if it was below the mean, or NaN. */
    public void note(int index, float loss) {
        if (pages.length == 0) {
            pages = new float[pages(examples)][];
        }
        float[] page = pages[index / PAGE];
        if (page == null) {
            page = new float[PAGE];
            Arrays.fill(page, Float.NaN);
            pages[index / PAGE] = page;
        }
        page[index % PAGE] = loss;
    }

    /** Returns the first example from {@code index} on that has a loss; the number of examples if there is none. */
    public int next(int index) {
        for (int i = pages.length == 0 ? examples : index; i < examples; i++) {
            if (pages[i / PAGE] == null) {
                // Skips to the next page; as a long, because its index may exceed the largest int.
                i = (int) Math.min(examples, (i / PAGE + 1L) * PAGE) - 1;
            } else if (!Float.isNaN(signed(i))) {
                return i;
            }
        }
        return examples;
    }

    /** Size of the training set. */
    public int examples() {
        return examples;
    }

    /** Returns the last loss of this example; NaN if it has none. */
    public float of(int index) {
        return Math.abs(signed(index));
    }

    /** Returns the last loss of this example, negative if it was below the mean of its step; NaN if it has none. */
    public float signed(int index) {
        float[] page = pages.length == 0 ? null : pages[index / PAGE];
        return page == null ? Float.NaN : page[index % PAGE];
    }

    /** Returns the last losses of these examples, NaN for those that have none. */
    public float[] of(int[] indices) {
        float[] losses = new float[indices.length];
        for (int i = 0; i < losses.length; i++) {
            losses[i] = of(indices[i]);
        }
        return losses;
    }
}
