package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import org.dietsb.launcher.report.Chart.Point;
import org.dietsb.launcher.report.Chart.Series;

/** A chart of shares as SVG within a page; what its colours and dashes are, the page's style sheet says. */
final class Drawing {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 340;
    private static final int LEFT = 62;
    private static final int RIGHT = 626;
    private static final int TOP = 12;
    private static final int BOTTOM = 288;
    private static final int TICKS = 6;
    private static final int MANY = 30;
    private static final double GROUP = .8;

    private final Chart chart;
    private final Markup page;
    private final Scale across;
    private final Scale up;

    private Drawing(Chart chart, Markup page) {
        this.chart = chart;
        this.page = page;
        List<Point> points =
                chart.series().stream().flatMap(one -> one.points().stream()).toList();
        this.across = chart.bars()
                ? new Scale(-.5, chart.categories().size() - .5, 1)
                : Scale.over(
                        points.stream().mapToDouble(Point::x).min().orElse(0),
                        points.stream().mapToDouble(Point::x).max().orElse(1));
        double least = points.stream()
                .mapToDouble(point -> point.mean() - spread(point))
                .min()
                .orElse(0);
        double most = points.stream()
                .mapToDouble(point -> point.mean() + spread(point))
                .max()
                .orElse(1);
        this.up = Scale.over(chart.fromZero() ? 0 : Math.max(0, least), Math.min(1, most));
    }

    /** Values of an axis. */
    private record Scale(double from, double to, double step) {

        /** Widened to whole steps of 1, 2 or 5 times a power of ten. */
        static Scale over(double least, double most) {
            double range = Math.max(most - least, 1e-6);
            double power = Math.pow(10, Math.floor(Math.log10(range / TICKS)));
            double step = power;
            for (double factor : new double[] {1, 2, 5, 10}) {
                step = factor * power;
                if (step * TICKS >= range - 1e-12) {
                    break;
                }
            }
            return new Scale(Math.floor(least / step + 1e-9) * step, Math.ceil(most / step - 1e-9) * step, step);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            for (int i = 0; from + i * step <= to + step / 2; i++) {
                ticks.add(from + i * step);
            }
            return ticks;
        }

        String label(double value) {
            int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
            return Words.text("%." + digits + "f", value + 0.0);
        }
    }

    static void draw(Chart chart, Markup page) {
        new Drawing(chart, page).figure();
    }

    private static double spread(Point point) {
        return Double.isNaN(point.spread()) ? 0 : point.spread();
    }

    private double x(double value) {
        return LEFT + (RIGHT - LEFT) * (value - across.from) / (across.to - across.from);
    }

    /** Of a share; a deviation that reaches beyond the scale ends there. */
    private double y(double value) {
        double within = Math.min(up.to, Math.max(up.from, value));
        return BOTTOM + (TOP - BOTTOM) * (within - up.from) / (up.to - up.from);
    }

    private static String px(double place) {
        return Words.text("%.1f", place);
    }

    private void figure() {
        page.element(
                "figure",
                () -> {
                    page.element("figcaption", () -> {
                        page.text("b", chart.title());
                        for (int i = 0; i < chart.series().size(); i++) {
                            key(i);
                        }
                    });
                    page.element(
                            "svg",
                            this::content,
                            "viewBox",
                            "0 0 " + WIDTH + " " + HEIGHT,
                            "role",
                            "img",
                            "aria-label",
                            chart.title() + ": " + chart.up() + " over " + chart.across()
                                    + "; figures are in the table below");
                },
                "class",
                "chart");
    }

    private void key(int number) {
        Series series = chart.series().get(number);
        page.element(
                "span",
                () -> {
                    page.element(
                            "svg",
                            () -> {
                                if (!chart.bars() || series.control()) {
                                    page.empty("line", "x1", "1", "x2", "25", "y1", "6", "y2", "6", "class", "line");
                                }
                                if (!series.control()) {
                                    mark(number, 13, 6);
                                }
                            },
                            "class",
                            style(number),
                            "viewBox",
                            "0 0 26 12",
                            "aria-hidden",
                            "true");
                    page.text(series.name());
                },
                "class",
                "key");
    }

    /** Of several controls the last, which is chance or the baseline, is drawn in ink. */
    private String style(int number) {
        boolean control = chart.series().get(number).control();
        boolean last = number == chart.series().size() - 1;
        return control && last ? "ink control" : "s" + number % 8 + (control ? " control" : "");
    }

    private void content() {
        for (double tick : up.ticks()) {
            String at = px(y(tick));
            page.empty("line", "class", "grid", "x1", px(LEFT), "x2", px(RIGHT), "y1", at, "y2", at);
            page.text("text", up.label(tick), "class", "up", "x", px(LEFT - 8), "y", at, "dy", "4");
        }
        if (chart.bars()) {
            for (int i = 0; i < chart.categories().size(); i++) {
                String at = px(x(i));
                page.text(
                        "text",
                        chart.categories().get(i),
                        "class",
                        "category",
                        "transform",
                        "translate(" + at + "," + (BOTTOM + 14) + ") rotate(-24)");
            }
        } else {
            for (double tick : across.ticks()) {
                page.text("text", across.label(tick), "class", "across", "x", px(x(tick)), "y", px(BOTTOM + 18));
            }
        }
        page.text("text", chart.across(), "class", "axis", "x", px((LEFT + RIGHT) / 2.0), "y", px(HEIGHT - 6));
        page.text(
                "text",
                chart.up(),
                "class",
                "axis",
                "transform",
                "translate(14," + px((TOP + BOTTOM) / 2.0) + ") rotate(-90)");
        int bars = (int) chart.series().stream().filter(one -> !one.control()).count();
        int bar = 0;
        for (int i = 0; i < chart.series().size(); i++) {
            int number = i;
            int place = bar;
            boolean asBars = chart.bars() && !chart.series().get(i).control();
            page.element("g", () -> series(number, asBars, place, bars), "class", style(i));
            bar += asBars ? 1 : 0;
        }
    }

    private void series(int number, boolean asBars, int place, int bars) {
        Series series = chart.series().get(number);
        if (asBars) {
            double width = GROUP / bars;
            for (Point point : series.points()) {
                double from = point.x() - GROUP / 2 + place * width;
                page.empty(
                        "rect",
                        "class",
                        "bar",
                        "x",
                        px(x(from)),
                        "width",
                        px(Math.max(1, x(from + width) - x(from) - 1)),
                        "y",
                        px(y(point.mean())),
                        "height",
                        px(Math.max(0, y(0) - y(point.mean()))));
                whisker(x(from + width / 2), point);
            }
            return;
        }
        boolean many = series.points().size() > MANY;
        if (many && series.points().stream().anyMatch(point -> spread(point) > 0)) {
            String above = places(series.points(), Drawing::spread);
            List<Point> back = new ArrayList<>(series.points());
            Collections.reverse(back);
            page.empty("polygon", "class", "band", "points", above + " " + places(back, point -> -spread(point)));
        }
        page.empty("polyline", "class", "line", "points", places(series.points(), point -> 0));
        for (Point point : many ? List.<Point>of() : series.points()) {
            if (!series.control() || series.points().size() > 2) {
                whisker(x(point.x()), point);
            }
            if (!series.control()) {
                mark(number, x(point.x()), y(point.mean()));
            }
        }
    }

    private String places(List<Point> points, ToDoubleFunction<Point> aside) {
        StringBuilder places = new StringBuilder();
        for (Point point : points) {
            places.append(places.isEmpty() ? "" : " ")
                    .append(px(x(point.x())))
                    .append(',')
                    .append(px(y(point.mean() + aside.applyAsDouble(point))));
        }
        return places.toString();
    }

    /** A standard deviation to each side. */
    private void whisker(double at, Point point) {
        if (spread(point) > 0) {
            DoubleUnaryOperator place = side -> y(point.mean() + side * point.spread());
            page.empty(
                    "line",
                    "class",
                    "whisker",
                    "x1",
                    px(at),
                    "x2",
                    px(at),
                    "y1",
                    px(place.applyAsDouble(-1)),
                    "y2",
                    px(place.applyAsDouble(1)));
        }
    }

    /** Told apart by shape too, not by colour alone. */
    private void mark(int number, double x, double y) {
        double r = 4.5;
        switch (chart.bars() ? 1 : number % 4) {
            case 0 -> page.empty("circle", "class", "mark", "cx", px(x), "cy", px(y), "r", px(r));
            case 1 ->
                page.empty(
                        "rect",
                        "class",
                        "mark",
                        "x",
                        px(x - r + .5),
                        "y",
                        px(y - r + .5),
                        "width",
                        px(2 * r - 1),
                        "height",
                        px(2 * r - 1));
            case 2 ->
                page.empty(
                        "polygon",
                        "class",
                        "mark",
                        "points",
                        px(x) + "," + px(y - r) + " " + px(x + r) + "," + px(y + r) + " " + px(x - r) + ","
                                + px(y + r));
            default ->
                page.empty(
                        "polygon",
                        "class",
                        "mark",
                        "points",
                        px(x) + "," + px(y - r - 1) + " " + px(x + r + 1) + "," + px(y) + " " + px(x) + ","
                                + px(y + r + 1) + " " + px(x - r - 1) + "," + px(y));
        }
    }
}
