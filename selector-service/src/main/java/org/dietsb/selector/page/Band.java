package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/**
 * A vertical stretch of a chart that shows its values when it is pointed at or focused.
 *
 * @param id of its element, the same after the chart has grown
 * @param at place of its values
 * @param anchor side of the text that is next to them, in SVG's words
 * @param rows the text, the first of which says where this is
 */
record Band(
        String id, String x, String width, String at, String textX, String anchor, List<String> rows, List<Dot> dots) {
    /** Minimum distance between two bands; points that are closer share one. */
    private static final double LEAST = 4;

    private static final int GAP = 8;
    /** Width of a character of the text. */
    private static final double CHARACTER = 6.3;
    /** Half the width of a band that has no neighbour. */
    private static final int ALONE = 16;

    /** A value of a line in the band. */
    record Dot(int style, String y) {}

    /**
     * A value of a line.
     *
     * @param x place across
     * @param value on the axis across, which names the place
     * @param text name of the line and its value
     */
    record Spot(double x, double value, int style, double y, String text) {}

    /** Returns what a screen reader says. */
    public String words() {
        return String.join(", ", rows);
    }

    /**
     * Returns the bands of all points, from left to right.
     *
     * @param chart id of the chart
     * @param where names a place on the axis across
     */
    static List<Band> of(String chart, List<Spot> spots, DoubleFunction<String> where) {
        List<List<Spot>> groups = new ArrayList<>();
        for (Spot spot :
                spots.stream().sorted(Comparator.comparingDouble(Spot::x)).toList()) {
            List<Spot> last = groups.isEmpty() ? List.of() : groups.get(groups.size() - 1);
            if (last.isEmpty() || spot.x - last.get(0).x >= LEAST) {
                groups.add(new ArrayList<>(List.of(spot)));
            } else {
                last.add(spot);
            }
        }
        List<Band> bands = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            double x = end(groups.get(i)).x;
            double left = i == 0 ? x - ALONE : (end(groups.get(i - 1)).x + x) / 2;
            double right = i == groups.size() - 1 ? x + ALONE : (end(groups.get(i + 1)).x + x) / 2;
            bands.add(of(chart, groups.get(i), Math.max(Chart.LEFT, left), Math.min(Chart.RIGHT, right), where));
        }
        return bands;
    }

    private static Spot end(List<Spot> group) {
        return group.get(group.size() - 1);
    }

    private static Band of(String chart, List<Spot> group, double left, double right, DoubleFunction<String> where) {
        Map<Integer, Spot> byLine = new LinkedHashMap<>();
        group.stream()
                .sorted(Comparator.comparingInt(Spot::style).thenComparingDouble(Spot::x))
                .forEach(spot -> byLine.put(spot.style, spot));
        String name = where.apply(end(group).value);
        List<String> rows = new ArrayList<>(List.of(name));
        byLine.values().forEach(spot -> rows.add(spot.text));
        return at(
                chart + "-" + name.replaceAll("[^a-z0-9]+", "-"),
                left,
                right,
                end(group).x,
                rows,
                byLine.values().stream()
                        .map(spot -> new Dot(spot.style, Chart.place(spot.y)))
                        .toList());
    }

    /** Returns a band with the given text, on the side that has room for it. */
    static Band at(String id, double left, double right, double at, List<String> rows, List<Dot> dots) {
        boolean toTheRight = at < (Chart.LEFT + Chart.RIGHT) / 2.0;
        double width = CHARACTER * rows.stream().mapToInt(String::length).max().orElse(0);
        double text = toTheRight ? Math.min(at + GAP, Chart.WIDTH - width) : Math.max(at - GAP, width);
        return new Band(
                id,
                Chart.place(left),
                Chart.place(Math.max(1, right - left)),
                Chart.place(at),
                Chart.place(Math.max(0, Math.min(text, Chart.WIDTH))),
                toTheRight ? "start" : "end",
                rows,
                dots);
    }
}
