package org.dietsb.selector.report;

import java.util.List;

/**
 * Histogram of the losses of selection passes.
 *
 * @param bounds inclusive upper bounds of the bins in nats, ascending; one more bin holds what is above the last
 * @param seen number of losses per bin
 * @param selected number of losses of selected examples per bin
 */
public record LossHistogram(List<Double> bounds, List<Long> seen, List<Long> selected) {

    /** Copies the lists, and checks that the bins match the bounds and that no more is selected than seen. */
    public LossHistogram {
        bounds = List.copyOf(bounds);
        seen = List.copyOf(seen);
        selected = List.copyOf(selected);
        if (seen.size() != bounds.size() + 1 || selected.size() != seen.size()) {
            throw new IllegalArgumentException(seen.size() + " and " + selected.size() + " bins, allowed are "
                    + (bounds.size() + 1) + " of each for " + bounds.size() + " bounds");
        }
        for (int bin = 0; bin < seen.size(); bin++) {
            if (selected.get(bin) < 0 || selected.get(bin) > seen.get(bin)) {
                throw new IllegalArgumentException("bin " + bin + " has " + selected.get(bin)
                        + " losses of selected examples, allowed is [0, " + seen.get(bin) + "]");
            }
        }
        for (int place = 0; place < bounds.size(); place++) {
            double before = place == 0 ? 0 : bounds.get(place - 1);
            if (!(bounds.get(place) > before) || Double.isInfinite(bounds.get(place))) {
                throw new IllegalArgumentException("bound " + place + " is " + bounds.get(place) + ", allowed is above "
                        + before + ", and finite");
            }
        }
    }
}
