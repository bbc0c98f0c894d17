package org.dietsb.launcher.report;

import java.util.List;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.sample.Sample;
import org.jspecify.annotations.Nullable;

/**
 * A chart of shares in [0, 1].
 *
 * @param across title of the horizontal axis, with its unit
 * @param up title of the vertical axis
 * @param bars whether values are bars and x is an index of {@code categories}
 * @param categories names of x = 0, 1, ..; empty for a numeric scale
 * @param fromZero whether the vertical axis begins at 0
 */
public record Chart(
        String title,
        String across,
        String up,
        boolean bars,
        List<String> categories,
        boolean fromZero,
        List<Series> series) {

    /** Copies its lists. */
    public Chart {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
    }

    /** Returns a chart of lines over a numeric scale. */
    static Chart lines(String title, String across, String up, boolean fromZero, List<Series> series) {
        return new Chart(title, across, up, false, List.of(), fromZero, series);
    }

    /** Returns a chart of bars with one group per category. */
    static Chart bars(String title, String across, String up, List<String> categories, List<Series> series) {
        return new Chart(title, across, up, true, categories, true, series);
    }

    /** What a series is, which decides how it is drawn. */
    enum Role {
        /** Drawn with a line and marks. */
        METHOD,
        /** The control of equal cost of a method: dashed, hollow marks. */
        EQUAL_COST,
        /** The random control of a method: dotted, hollow marks. */
        RANDOM,
        /** Chance, or the baseline: dashed, in ink, without marks. */
        REFERENCE
    }

    /**
     * Points of one colour.
     *
     * @param kind whose colour the series has; null = one by its place in the chart
     */
    public record Series(String name, Role role, @Nullable PolicyKind kind, List<Point> points) {
        /** Copies its list. */
        public Series {
            points = List.copyOf(points);
        }

        /** Returns a series of its own colour. */
        static Series of(String name, List<Point> points) {
            return new Series(name, Role.METHOD, null, points);
        }

        /** Returns what the others are compared with. */
        static Series reference(String name, List<Point> points) {
            return new Series(name, Role.REFERENCE, null, points);
        }

        /** Whether other series are compared with this one. */
        boolean isControl() {
            return role != Role.METHOD;
        }
    }

    /**
     * A mean.
     *
     * @param spread standard deviation; NaN if there is only one value or none
     * @param half half of the 95 % interval; NaN if there is none
     * @param n number of values; 0 for a point of chance
     */
    record Point(double x, double mean, double spread, double half, int n) {
        static Point of(double x, Sample sample) {
            return new Point(x, sample.mean(), sample.spread(), sample.halfWidth(), sample.n());
        }

        /** Returns a point that chance yields. */
        static Point chance(double x, double y) {
            return new Point(x, y, Double.NaN, Double.NaN, 0);
        }
    }
}
