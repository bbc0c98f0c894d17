package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * A line chart, laid out in a box of {@value #WIDTH} x {@value #HEIGHT}. The template draws these coordinates unchanged.
 *
 * @param id of its element
 * @param upName what the vertical axis measures
 * @param acrossName what the horizontal axis measures
 * @param summary the last value of each line, as a sentence
 * @param marks epochs at which a policy took effect
 * @param bands the values at each place
 * @param nothing why there are no lines, if there are none
 */
record Chart(
        String id,
        String title,
        String upName,
        String acrossName,
        String summary,
        List<Line> lines,
        List<Tick> across,
        List<Tick> up,
        List<Mark> marks,
        List<Band> bands,
        String nothing) {
    static final int WIDTH = 420;
    static final int HEIGHT = 222;
    static final int LEFT = 46;
    static final int RIGHT = 408;
    static final int TOP = 26;
    static final int BOTTOM = 178;
    private static final double TICKS_ACROSS = 6;

    /**
     * A line.
     *
     * @param style index of a colour and dash pattern in the style sheet, from 0
     * @param points in the format of SVG's polyline
     * @param last the last value, as text
     */
    record Line(String name, int style, String points, String lastX, String lastY, String last) {}

    /** A position on an axis and its label. */
    record Tick(String at, String text) {}

    /** A vertical line and its label. */
    record Mark(String at, String text) {}

    /** The value of a line at an epoch. The function returns null if the epoch has no value. */
    record Curve(String name, Function<RunSheet.Figures, @Nullable Double> value) {}

    /** A value and its place on the horizontal axis. */
    record Point(double x, double y) {}

    /** A line before it is laid out. */
    record Series(String name, int style, List<Point> points) {}

    /**
     * The horizontal axis.
     *
     * @param where names a place
     */
    record Across(String name, Scale scale, List<Tick> ticks, DoubleFunction<String> where) {}

    /** Creates a chart of a run's epochs. */
    static Chart of(String id, String title, RunSheet run, Axis up, Curve... curves) {
        int last = Math.max(run.epochs(), run.figures().size());
        Scale scale = new Scale(0, Math.max(1, last), LEFT, RIGHT);
        List<Series> series = new ArrayList<>();
        for (int i = 0; i < curves.length; i++) {
            List<Point> points = new ArrayList<>();
            for (RunSheet.Figures one : run.figures()) {
                Double value = curves[i].value.apply(one);
                if (value != null) {
                    points.add(new Point(one.epoch(), value));
                }
            }
            series.add(new Series(curves[i].name, i, points));
        }
        Across across = new Across("epoch", scale, epochTicks(last, scale), epoch -> "epoch " + (int) epoch);
        String nothing =
                run.figures().isEmpty() ? "no data before the end of the first epoch" : "not measured by this run";
        return draw(id, title, up, across, series, marks(run, last, scale), nothing);
    }

    /** Lays out lines. Lines without points are left out. */
    static Chart draw(
            String id, String title, Axis up, Across across, List<Series> series, List<Mark> marks, String nothing) {
        List<Point> all = series.stream().flatMap(one -> one.points().stream()).toList();
        Axis.Range range = up.range(
                all.stream().mapToDouble(Point::y).min().orElse(0),
                all.stream().mapToDouble(Point::y).max().orElse(0));
        Scale scale = new Scale(range.bottom(), range.top(), BOTTOM, TOP);
        List<Line> lines = new ArrayList<>();
        List<Band.Spot> spots = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (Series one : series) {
            if (one.points.isEmpty()) {
                continue;
            }
            StringBuilder path = new StringBuilder();
            for (Point point : one.points) {
                double x = across.scale.of(point.x);
                double y = scale.of(point.y);
                path.append(place(x)).append(',').append(place(y)).append(' ');
                spots.add(new Band.Spot(
                        x, point.x, one.style, y, one.name + " " + up.format().apply(point.y)));
            }
            Point last = one.points.get(one.points.size() - 1);
            String value = up.format().apply(last.y);
            lines.add(new Line(
                    one.name, one.style, path.toString().strip(), across.scale.at(last.x), scale.at(last.y), value));
            words.add(one.name + " " + value);
        }
        return new Chart(
                id,
                title,
                up.name(),
                across.name,
                title + " by " + across.name + ": " + (words.isEmpty() ? "no data yet" : String.join(", ", words)),
                lines,
                across.ticks,
                all.isEmpty() ? List.of() : range.ticks(scale, up.format()),
                marks,
                Band.of(id, spots, across.where),
                nothing);
    }

    private static List<Tick> epochTicks(int last, Scale across) {
        int step = (int) Math.max(1, Axis.niceStep(last / TICKS_ACROSS));
        List<Tick> ticks = new ArrayList<>();
        for (int epoch = step; epoch <= last; epoch += step) {
            ticks.add(new Tick(across.at(epoch), String.valueOf(epoch)));
        }
        return ticks;
    }

    private static List<Mark> marks(RunSheet run, int last, Scale across) {
        return run.placed().stream()
                .filter(placed -> placed.from() > 0)
                .map(placed -> new Mark(across.at(placed.from() * last), "r" + placed.revision()))
                .toList();
    }

    /** Formats a coordinate. */
    static String place(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** A linear mapping from values to coordinates. */
    record Scale(double from, double to, double start, double end) {
        double of(double value) {
            return start + (end - start) * (value - from) / (to - from);
        }

        String at(double value) {
            return place(of(value));
        }
    }
}
