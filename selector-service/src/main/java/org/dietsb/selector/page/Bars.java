package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.dietsb.selector.report.EpochReport;
import org.dietsb.selector.report.LossHistogram;
import org.dietsb.selector.report.RunReport;

/**
 * A histogram of an epoch's selection-pass losses and of the selected ones among them, laid out like a {@link Chart}.
 *
 * @param where the epoch, as text; empty if no losses are known
 * @param seen number of losses, as text
 * @param selected number of selected losses, as text
 * @param bars one per bin, up to the last bin that is not empty
 */
record Bars(
        String where,
        String seen,
        String selected,
        String summary,
        List<Bar> bars,
        List<Chart.Tick> across,
        List<Chart.Tick> up,
        List<Band> bands) {
    private static final int GAP = 2;
    private static final Axis EXAMPLES = Axis.fromZero("examples", value -> count(Math.round(value)), 1);

    /** A bin: the range of its losses and their number. */
    record Bar(
            String x,
            String width,
            String seenTop,
            String seenHeight,
            String selectedTop,
            String selectedHeight,
            String losses,
            long seen,
            long selected) {}

    /** Returns the histogram of the last epoch that has losses. */
    static Bars of(Optional<RunReport> report) {
        List<EpochReport> epochs = report.map(RunReport::epochs).orElse(List.of());
        for (int i = epochs.size() - 1; i >= 0; i--) {
            if (sum(epochs.get(i).losses().seen()) > 0) {
                return of(epochs.get(i));
            }
        }
        return new Bars("", "0", "0", "Losses: no selection pass yet", List.of(), List.of(), List.of(), List.of());
    }

    private static Bars of(EpochReport epoch) {
        LossHistogram losses = epoch.losses();
        int last = last(losses.seen());
        double width = (double) (Chart.RIGHT - Chart.LEFT) / (last + 1);
        Axis.Range range = EXAMPLES.range(0, Collections.max(losses.seen()));
        Chart.Scale up = new Chart.Scale(0, range.top(), Chart.BOTTOM, Chart.TOP);
        List<Bar> bars = new ArrayList<>();
        List<Chart.Tick> across = new ArrayList<>();
        List<Band> bands = new ArrayList<>();
        int every = last / 8 + 1;
        for (int bin = 0; bin <= last; bin++) {
            double x = Chart.LEFT + bin * width;
            double seen = Chart.BOTTOM - up.of(losses.seen().get(bin));
            double selected = Chart.BOTTOM - up.of(losses.selected().get(bin));
            bars.add(new Bar(
                    Chart.place(x),
                    Chart.place(width - GAP),
                    Chart.place(Chart.BOTTOM - seen),
                    Chart.place(seen),
                    Chart.place(Chart.BOTTOM - selected),
                    Chart.place(selected),
                    range(losses, bin),
                    losses.seen().get(bin),
                    losses.selected().get(bin)));
            bands.add(Band.at(
                    "losses-" + bin,
                    x,
                    x + width,
                    x + (width - GAP) / 2,
                    List.of(
                            range(losses, bin) + " nats",
                            "seen " + count(losses.seen().get(bin)),
                            "selected " + count(losses.selected().get(bin))),
                    List.of()));
            if (bin % every == every - 1 && bin < losses.bounds().size()) {
                across.add(new Chart.Tick(
                        Chart.place(x + width), Words.number(losses.bounds().get(bin))));
            }
        }
        String seen = count(sum(losses.seen()));
        String selected = count(sum(losses.selected()));
        return new Bars(
                "epoch " + epoch.epoch() + (epoch.firstBatch() == 0 ? "" : ", from batch " + epoch.firstBatch()),
                seen,
                selected,
                "Losses of epoch " + epoch.epoch() + ": " + selected + " of " + seen + " selected",
                bars,
                across,
                range.ticks(up, EXAMPLES.format()),
                bands);
    }

    /** Returns the last bin that is not empty. */
    private static int last(List<Long> bins) {
        int last = bins.size() - 1;
        while (bins.get(last) == 0) {
            last--;
        }
        return last;
    }

    private static String range(LossHistogram losses, int bin) {
        String above = bin == 0 ? "0" : Words.number(losses.bounds().get(bin - 1));
        return bin == losses.bounds().size()
                ? "above " + above
                : above + " to " + Words.number(losses.bounds().get(bin));
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
