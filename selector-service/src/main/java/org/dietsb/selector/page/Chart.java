package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * A line chart, laid out in a box of {@value #WIDTH} x {@value #HEIGHT}. The template draws these coordinates unchanged.
 *
 * @param summary the last value of each line, as a sentence
 * @param marks epochs at which a policy took effect
 */
record Chart(String title, String summary, List<Line> lines, List<Tick> across, List<Tick> up, List<Mark> marks) {
    static final int WIDTH = 420;
    static final int HEIGHT = 190;
    static final int LEFT = 42;
    static final int RIGHT = 410;
    static final int TOP = 10;
    static final int BOTTOM = 162;
    private static final int TICKS = 4;

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

    /**
     * Creates a chart of a run's epochs.
     *
     * @param format formats a value
     * @param atLeast lower bound of the axis's upper end
     */
    static Chart of(String title, RunSheet run, Function<Double, String> format, double atLeast, Curve... curves) {
        double highest = atLeast;
        double lowest = 0;
        for (Curve curve : curves) {
            for (RunSheet.Figures one : run.figures()) {
                Double value = curve.value.apply(one);
                highest = value == null ? highest : Math.max(highest, value);
            }
        }
        double step = niceStep((highest - lowest) / TICKS);
        double top = Math.max(step, Math.ceil(highest / step - 1e-9) * step);
        int last = Math.max(run.epochs(), run.figures().size());
        Scale across = new Scale(0, Math.max(1, last), LEFT, RIGHT);
        Scale up = new Scale(0, top, BOTTOM, TOP);

        List<Line> lines = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (int i = 0; i < curves.length; i++) {
            Line line = line(curves[i], i, run, across, up, format);
            if (line != null) {
                lines.add(line);
                words.add(line.name + " " + line.last);
            }
        }
        return new Chart(
                title,
                title + " by epoch: " + (words.isEmpty() ? "no data yet" : String.join(", ", words)),
                lines,
                epochTicks(last, across),
                ticks(top, step, up, format),
                marks(run, last, across));
    }

    private static @Nullable Line line(
            Curve curve, int style, RunSheet run, Scale across, Scale up, Function<Double, String> format) {
        StringBuilder points = new StringBuilder();
        String x = "";
        String y = "";
        Double last = null;
        for (RunSheet.Figures one : run.figures()) {
            Double value = curve.value.apply(one);
            if (value != null) {
                x = across.at(one.epoch());
                y = up.at(value);
                points.append(x).append(',').append(y).append(' ');
                last = value;
            }
        }
        return last == null
                ? null
                : new Line(curve.name, style, points.toString().strip(), x, y, format.apply(last));
    }

    private static List<Tick> ticks(double top, double step, Scale up, Function<Double, String> format) {
        List<Tick> ticks = new ArrayList<>();
        for (double value = 0; value <= top + step / 2; value += step) {
            ticks.add(new Tick(up.at(value), format.apply(value)));
        }
        return ticks;
    }

    private static List<Tick> epochTicks(int last, Scale across) {
        int step = (int) Math.max(1, niceStep(last / 6.0));
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

    /** Returns the smallest number of the form 1, 2 or 5 times a power of ten that is at least the argument. */
    static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
        for (double factor : new double[] {1, 2, 5}) {
            if (factor * power >= least - 1e-12) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    /** Formats a coordinate. */
    static String place(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    /** A linear mapping from values to coordinates. */
    record Scale(double from, double to, double start, double end) {
        String at(double value) {
            return place(start + (end - start) * (value - from) / (to - from));
        }
    }
}
