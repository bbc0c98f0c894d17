package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.launcher.report.Chart.Point;
import org.dietsb.launcher.report.Chart.Role;
import org.dietsb.launcher.report.Chart.Series;
import org.dietsb.launcher.text.Format;

/** Draws a chart of shares as SVG within a page. The style sheet of the page defines colours and dashes. */
final class Drawing {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 340;
    private static final double LEFT = 62;
    private static final double RIGHT = 626;
    private static final double TOP = 12;
    private static final double BOTTOM = 288;
    private static final int MAX_MARKS = 30;
    private static final double GROUP_WIDTH = .8;
    private static final double RADIUS = 4.5;
    private static final double ASIDE = 6;

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
                .mapToDouble(point -> point.mean() - half(point))
                .min()
                .orElse(0);
        double most = points.stream()
                .mapToDouble(point -> point.mean() + half(point))
                .max()
                .orElse(1);
        this.up = Scale.over(chart.fromZero() ? 0 : Math.max(0, least), Math.min(1, most));
    }

    static void draw(Chart chart, Markup page) {
        new Drawing(chart, page).figure();
    }

    private static double half(Point point) {
        return Double.isNaN(point.half()) ? 0 : point.half();
    }

    private double x(double value) {
        double inset = chart.bars() ? 0 : 2 * ASIDE;
        return LEFT + inset + (RIGHT - LEFT - 2 * inset) * (value - across.from()) / (across.to() - across.from());
    }

    /** Returns the place of a share. Intervals beyond the scale end at its edge. */
    private double y(double value) {
        double within = Math.min(up.to(), Math.max(up.from(), value));
        return BOTTOM + (TOP - BOTTOM) * (within - up.from()) / (up.to() - up.from());
    }

    private void figure() {
        page.element("figure class=\"chart\"", () -> {
            page.element("figcaption", () -> {
                page.add("<b>%s</b>", chart.title());
                for (int i = 0; i < chart.series().size(); i++) {
                    key(i);
                }
            });
            page.element(
                    "svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s: %s over %s\"",
                    () -> {
                        page.add("<title>%s: %s over %s</title>", chart.title(), chart.up(), chart.across());
                        page.add("<desc>%s</desc>", described());
                        content();
                    },
                    WIDTH,
                    HEIGHT,
                    chart.title(),
                    chart.up(),
                    chart.across());
        });
    }

    /** Returns what the chart shows, in words: the first and the last point of each series. */
    private String described() {
        return chart.series().stream()
                        .filter(series -> !series.points().isEmpty())
                        .map(series -> series.name() + ": " + described(series))
                        .collect(Collectors.joining("; "))
                + ". All figures are in the table below.";
    }

    private String described(Series series) {
        Point first = series.points().get(0);
        Point last = series.points().get(series.points().size() - 1);
        return described(first) + (series.points().size() == 1 ? "" : " to " + described(last));
    }

    private String described(Point point) {
        String at = chart.bars() ? chart.categories().get((int) point.x()) : Format.brief(point.x());
        return Format.text("%.3f at ", point.mean()) + at;
    }

    private void key(int number) {
        Series series = chart.series().get(number);
        page.element("span class=\"key\"", () -> {
            page.add("<svg class=\"%s\" viewBox=\"0 0 26 12\" aria-hidden=\"true\">", style(number));
            if (!chart.bars() || series.isControl()) {
                page.add("<line x1=\"1\" x2=\"25\" y1=\"6\" y2=\"6\" class=\"line\"/>");
            }
            if (series.role() != Role.REFERENCE) {
                mark(number, 13, 6);
            }
            page.add("</svg>%s", series.name());
        });
    }

    /** Returns how far a control stands beside its method, so that their intervals do not hide each other. */
    private static double aside(Role role) {
        return role == Role.EQUAL_COST ? -ASIDE : role == Role.RANDOM ? ASIDE : 0;
    }

    /** Returns the classes of a series: its colour, and how it is drawn. */
    private String style(int number) {
        Series series = chart.series().get(number);
        String colour =
                series.kind() == null ? "s" + number % 8 : "m-" + series.kind().label();
        return switch (series.role()) {
            case METHOD -> colour;
            case EQUAL_COST -> colour + " control cost";
            case RANDOM -> colour + " control random";
            case REFERENCE -> "ink control";
        };
    }

    private void content() {
        for (double tick : up.ticks()) {
            page.add(
                    "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%3$.1f\" y2=\"%3$.1f\"/>", LEFT, RIGHT, y(tick));
            page.add("<text class=\"up\" x=\"%.1f\" y=\"%.1f\" dy=\"4\">%s</text>", LEFT - 8, y(tick), up.label(tick));
        }
        if (chart.bars()) {
            for (int i = 0; i < chart.categories().size(); i++) {
                page.add(
                        "<text class=\"category\" transform=\"translate(%.1f,%.0f) rotate(-24)\">%s</text>",
                        x(i), BOTTOM + 14, chart.categories().get(i));
            }
        } else {
            across.ticks()
                    .forEach(tick -> page.add(
                            "<text class=\"across\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                            x(tick), BOTTOM + 18, across.label(tick)));
        }
        page.add(
                "<text class=\"axis\" x=\"%.1f\" y=\"%.1f\">%s</text>",
                (LEFT + RIGHT) / 2, HEIGHT - 6.0, chart.across());
        page.add(
                "<text class=\"axis\" transform=\"translate(14,%.1f) rotate(-90)\">%s</text>",
                (TOP + BOTTOM) / 2, chart.up());
        int bars = (int) chart.series().stream().filter(one -> !one.isControl()).count();
        int bar = 0;
        for (int i = 0; i < chart.series().size(); i++) {
            Series series = chart.series().get(i);
            page.add("<g class=\"%s\" transform=\"translate(%.0f)\">", style(i), aside(series.role()));
            if (chart.bars() && !series.isControl()) {
                bars(series, bar++, bars);
            } else {
                line(series, i);
            }
            page.add("</g>");
        }
    }

    private void bars(Series series, int place, int bars) {
        double width = GROUP_WIDTH / bars;
        for (Point point : series.points()) {
            double from = point.x() - GROUP_WIDTH / 2 + place * width;
            page.add(
                    "<rect class=\"bar\" x=\"%.1f\" width=\"%.1f\" y=\"%.1f\" height=\"%.1f\"/>",
                    x(from),
                    Math.max(1, x(from + width) - x(from) - 1),
                    y(point.mean()),
                    Math.max(0, y(0) - y(point.mean())));
            whisker(x(from + width / 2), point);
        }
    }

    private void line(Series series, int number) {
        List<Point> points = series.points();
        boolean many = points.size() > MAX_MARKS;
        if (many && points.stream().anyMatch(point -> half(point) > 0)) {
            List<Point> back = new ArrayList<>(points);
            Collections.reverse(back);
            page.add(
                    "<polygon class=\"band\" points=\"%s %s\"/>",
                    places(points, Drawing::half), places(back, point -> -half(point)));
        }
        page.add("<polyline class=\"line\" points=\"%s\"/>", places(points, point -> 0));
        if (many || series.role() == Role.REFERENCE) {
            return;
        }
        for (Point point : points) {
            whisker(x(point.x()), point);
            mark(number, x(point.x()), y(point.mean()));
        }
    }

    private String places(List<Point> points, ToDoubleFunction<Point> aside) {
        return points.stream()
                .map(point -> Format.text("%.1f,%.1f", x(point.x()), y(point.mean() + aside.applyAsDouble(point))))
                .collect(Collectors.joining(" "));
    }

    /** Draws the 95 % interval. */
    private void whisker(double at, Point point) {
        if (half(point) > 0) {
            page.add(
                    "<line class=\"whisker\" x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$.1f\" y2=\"%3$.1f\"/>",
                    at, y(point.mean() - point.half()), y(point.mean() + point.half()));
        }
    }

    /** Draws a mark whose shape distinguishes the series without relying on colour. */
    private void mark(int number, double x, double y) {
        double r = RADIUS;
        switch (chart.bars() ? 1 : shape(number)) {
            case 0 -> page.add("<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", x, y, r);
            case 1 ->
                page.add(
                        "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"%3$.1f\" height=\"%3$.1f\"/>",
                        x - r + .5, y - r + .5, 2 * r - 1);
            case 2 -> polygon(x, y - r, x + r, y + r, x - r, y + r);
            default -> polygon(x, y - r - 1, x + r + 1, y, x, y + r + 1, x - r - 1, y);
        }
    }

    /** Returns the shape of a method by its place among the methods; its controls share one each. */
    private int shape(int number) {
        return switch (chart.series().get(number).role()) {
            case EQUAL_COST -> 1;
            case RANDOM -> 3;
            default ->
                (int) chart.series().stream()
                                .limit(number)
                                .filter(one -> !one.isControl())
                                .count()
                        % 4;
        };
    }

    private void polygon(Object... places) {
        String pairs = "%.1f,%.1f ".repeat(places.length / 2).strip();
        page.add("<polygon class=\"mark\" points=\"" + pairs + "\"/>", places);
    }
}
