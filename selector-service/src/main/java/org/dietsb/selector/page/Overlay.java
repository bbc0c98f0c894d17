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

    private record Point(double x, double y) {}

    /**
     * Draws the chart. Values below the lowest are not left room for: an axis of accuracies does not begin at 0 if none is near.
     *
     * @param value of an epoch; null if it has none
     * @param format formats a value
     */
    static Chart of(
            String title,
            List<Named> runs,
            Along along,
            Function<RunSheet.Figures, @Nullable Double> value,
            Function<Double, String> format) {
        List<List<Point>> lines =
                runs.stream().map(named -> points(named.run(), along, value)).toList();
        List<Point> all = lines.stream().flatMap(List::stream).toList();
        double lowest = all.stream().mapToDouble(Point::y).min().orElse(0);
        double highest = all.stream().mapToDouble(Point::y).max().orElse(1);
        double farthest = all.stream().mapToDouble(Point::x).max().orElse(1);
        double step = Chart.niceStep(Math.max(highest - lowest, Math.abs(highest) * .02 + 1e-6) / TICKS);
        double bottom = Math.floor(lowest / step + 1e-9) * step;
        double top = Math.max(bottom + step, Math.ceil(highest / step - 1e-9) * step);
        Chart.Scale across = new Chart.Scale(0, farthest, Chart.LEFT, Chart.RIGHT - ROOM_FOR_A_LABEL);
        Chart.Scale up = new Chart.Scale(bottom, top, Chart.BOTTOM, Chart.TOP);
        List<Chart.Line> drawn = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            List<Point> points = lines.get(i);
            if (!points.isEmpty()) {
                Point last = points.get(points.size() - 1);
                String name = runs.get(i).name();
                drawn.add(new Chart.Line(
                        name,
                        i,
                        String.join(
                                " ",
                                points.stream()
                                        .map(one -> across.at(one.x) + "," + up.at(one.y))
                                        .toList()),
                        across.at(last.x),
                        up.at(last.y),
                        format.apply(last.y)));
                words.add(name + " " + format.apply(last.y));
            }
        }
        return new Chart(
                title + " by " + along.name,
                title + " by " + along.name + ": " + (words.isEmpty() ? "no data yet" : String.join(", ", words)),
                drawn,
                ticks(0, farthest, Chart.niceStep(farthest / TICKS), across, Words::number),
                ticks(bottom, top, step, up, format),
                List.of());
    }

    private static List<Point> points(RunSheet run, Along along, Function<RunSheet.Figures, @Nullable Double> value) {
        List<Point> points = new ArrayList<>();
        double spent = 0;
        for (RunSheet.Figures epoch : run.figures()) {
            spent += along.spent.applyAsDouble(epoch);
            Double y = value.apply(epoch);
            if (y != null) {
                points.add(new Point(spent, y));
            }
        }
        return points;
    }

    private static List<Chart.Tick> ticks(
            double from, double to, double step, Chart.Scale scale, Function<Double, String> format) {
        List<Chart.Tick> ticks = new ArrayList<>();
        for (int i = 0; from + i * step <= to + step * 1e-6; i++) {
            ticks.add(new Chart.Tick(scale.at(from + i * step), format.apply(from + i * step)));
        }
        return ticks;
    }
}
