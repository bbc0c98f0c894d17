package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/** A chart of several runs: one figure of their epochs against what had been spent when each of them ended. */
final class Overlay {
    private static final int TICKS = 4;
    /** Half the width of the last number below the chart. */
    private static final int ROOM_FOR_A_LABEL = 14;

    private Overlay() {}

    /** A run and its name in the chart. */
    record Named(String name, RunSheet run) {}

    /**
     * What the chart runs along.
     *
     * @param spent what an epoch adds
     */
    record Along(String name, ToDoubleFunction<RunSheet.Figures> spent) {}

    /**
     * Draws the chart.
     *
     * @param value of an epoch; null if it has none
     */
    static Chart of(
            String id,
            String title,
            List<Named> runs,
            Along along,
            Axis up,
            Function<RunSheet.Figures, @Nullable Double> value) {
        List<Chart.Series> series = new ArrayList<>();
        for (Named one : runs) {
            series.add(new Chart.Series(one.name(), series.size(), points(one.run(), along, value)));
        }
        double farthest = series.stream()
                .flatMap(one -> one.points().stream())
                .mapToDouble(Chart.Point::x)
                .max()
                .orElse(1);
        Chart.Scale scale = new Chart.Scale(0, farthest, Chart.LEFT, Chart.RIGHT - ROOM_FOR_A_LABEL);
        Chart.Across across = new Chart.Across(
                along.name, scale, ticks(farthest, scale), spent -> along.name + " " + Words.number(spent));
        return Chart.draw(id, title + " by " + along.name, up, across, series, List.of(), "no data yet");
    }

    private static List<Chart.Point> points(
            RunSheet run, Along along, Function<RunSheet.Figures, @Nullable Double> value) {
        List<Chart.Point> points = new ArrayList<>();
        double spent = 0;
        for (RunSheet.Figures epoch : run.figures()) {
            spent += along.spent.applyAsDouble(epoch);
            Double y = value.apply(epoch);
            if (y != null) {
                points.add(new Chart.Point(spent, y));
            }
        }
        return points;
    }

    private static List<Chart.Tick> ticks(double farthest, Chart.Scale scale) {
        double step = Axis.niceStep(farthest / TICKS);
        List<Chart.Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= farthest + step * 1e-6; i++) {
            ticks.add(new Chart.Tick(scale.at(i * step), Words.number(i * step)));
        }
        return ticks;
    }
}
