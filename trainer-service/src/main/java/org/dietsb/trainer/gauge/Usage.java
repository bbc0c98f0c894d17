package org.dietsb.trainer.gauge;

import java.util.Arrays;

/** How often an attempt selected each example. Not thread-safe. */
public final class Usage {
    private final int[] times;

    /** Of a training set of so many examples, 1 or more, none selected yet. */
    public Usage(int examples) {
        times = new int[examples];
    }

    /** These were selected, by index. */
    public void selected(int[] indices) {
        for (int index : indices) {
            times[index]++;
        }
    }

    /**
     * How unevenly; NaN where nothing is selected yet.
     *
     * @param never share of the training set that was not selected at all
     * @param mostSelectedTenth share of all selections that the most selected tenth got; .1 = even
     */
    record Skew(double never, double mostSelectedTenth) {}

    /** As it is now. */
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
