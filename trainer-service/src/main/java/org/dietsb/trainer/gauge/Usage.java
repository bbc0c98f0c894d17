package org.dietsb.trainer.gauge;

import java.util.Arrays;

/** Counts how often an attempt selected each example. Not thread-safe. */
public final class Usage {
    private final int[] times;

    /** Starts at 0 for a training set of this many examples, at least 1. */
    public Usage(int examples) {
        times = new int[examples];
    }

    /** Counts selected examples, by index. */
    public void selected(int[] indices) {
        for (int index : indices) {
            times[index]++;
        }
    }

    /**
     * How unevenly examples were selected; NaN if none was selected yet.
     *
     * @param never share of the training set that was never selected
     * @param mostSelectedTenth share of all selections that went to the most selected tenth; .1 = even
     */
    record Skew(double never, double mostSelectedTenth) {}

    /** Returns the current skew. */
    Skew skew() {
        int[] ascending = times.clone();
        Arrays.sort(ascending);
        int tenth = Math.max(1, Math.round(ascending.length / 10f));
        long all = 0;
        long top = 0;
        int never = 0;
        for (int place = 0; place < ascending.length; place++) {
            never += ascending[place] == 0 ? 1 : 0;
            all += ascending[place];
            top += place >= ascending.length - tenth ? ascending[place] : 0;
        }
        return all == 0
                ? new Skew(Double.NaN, Double.NaN)
                : new Skew((double) never / ascending.length, (double) top / all);
    }
}
