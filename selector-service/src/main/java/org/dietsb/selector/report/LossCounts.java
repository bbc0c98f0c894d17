package org.dietsb.selector.report;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;

/** Losses counted by their size, all and those of selected examples. One thread. */
public final class LossCounts {
    /** Upper ends of the bins in nats, inclusive; what is above the last has one more bin. */
    private static final double[] BOUNDS = {.01, .03, .1, .2, .3, .5, .7, 1, 1.5, 2, 2.5, 3, 4, 5, 7, 10};

    private final long[] seen = new long[BOUNDS.length + 1];
    private final long[] selected = new long[BOUNDS.length + 1];

    /** Upper ends of the bins in nats, inclusive, in a new array; what is above the last has one more bin. */
    public static double[] bounds() {
        return BOUNDS.clone();
    }

    /** The bin of a loss, from 0. */
    public static int bin(float loss) {
        // Without branches: their outcome cannot be foretold, and a search takes twice as long.
        int below = 0;
        for (double bound : BOUNDS) {
            below += bound < loss ? 1 : 0;
        }
        return below;
    }

    /** Counts the losses of a batch, and which of its places were selected. */
    void count(float[] losses, BitSet chosen) {
        for (int place = 0; place < losses.length; place++) {
            int bin = bin(losses[place]);
            seen[bin]++;
            if (chosen.get(place)) {
                selected[bin]++;
            }
        }
    }

    LossHistogram histogram() {
        return new LossHistogram(
                Arrays.stream(BOUNDS).boxed().toList(),
                LongStream.of(seen).boxed().toList(),
                LongStream.of(selected).boxed().toList());
    }
}
