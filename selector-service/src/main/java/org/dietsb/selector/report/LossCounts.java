package org.dietsb.selector.report;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;

/** Counts losses by size, all of them and those of selected examples. Not thread-safe. */
public final class LossCounts {
    /** Inclusive upper bounds of the bins in nats; one more bin holds what is above the last. */
    private static final double[] BOUNDS = {.01, .03, .1, .2, .3, .5, .7, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10};

    private final long[] seen = new long[BOUNDS.length + 1];
    private final long[] selected = new long[BOUNDS.length + 1];

    /** Returns the inclusive upper bounds of the bins in nats, in a new array; one more bin holds what is above the last. */
    public static double[] bounds() {
        return BOUNDS.clone();
    }

    /** Returns the bin of a loss, from 0. */
    public static int bin(float loss) {
        // Free of branches, which are unpredictable here: a binary search takes twice as long.
        int below = 0;
        for (double bound : BOUNDS) {
            below += bound < loss ? 1 : 0;
        }
        return below;
    }

    /** Counts the losses of a batch, of which these places were selected. */
    void count(float[] losses, BitSet chosen) {
        for (int place = 0; place < losses.length; place++) {
            int bin = bin(losses[place]);
            seen[bin]++;
            if (chosen.get(place)) {
                selected[bin]++;
            }
        }
    }

    /** Returns the number of losses. */
    long seen() {
        return LongStream.of(seen).sum();
    }

    LossHistogram histogram() {
        return new LossHistogram(
                Arrays.stream(BOUNDS).boxed().toList(),
                LongStream.of(seen).boxed().toList(),
                LongStream.of(selected).boxed().toList());
    }
}
