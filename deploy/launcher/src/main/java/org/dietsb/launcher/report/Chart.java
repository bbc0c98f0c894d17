package org.dietsb.launcher.report;

import java.util.List;

/**
 * A chart of shares, in [0, 1], before it is drawn.
 *
 * @param across what x is, with its unit
 * @param up what y is a share of
 * @param bars whether x counts the names of {@code categories} and values are bars
 * @param categories names of x = 0, 1, ..; empty for a scale of numbers
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

    /** Lines over a scale of numbers. */
    static Chart lines(String title, String across, String up, boolean fromZero, List<Series> series) {
        return new Chart(title, across, up, false, List.of(), fromZero, series);
    }

    /** Bars, a group a category. */
    static Chart bars(String title, String across, String up, List<String> categories, List<Series> series) {
        return new Chart(title, across, up, true, categories, true, series);
    }

    /**
     * What is drawn in one colour.
     *
     * @param control whether it is what others are held against: drawn dashed, without marks
     */
    public record Series(String name, boolean control, List<Point> points) {
        /** Copies its list. */
        public Series {
            points = List.copyOf(points);
        }
    }

    /**
     * A mean.
     *
     * @param spread standard deviation; NaN = of one value, or a control that has none
     * @param n how many values; 0 = none: what chance gives
     */
    public record Point(double x, double mean, double spread, int n) {
        static Point of(double x, Sample sample) {
            return new Point(x, sample.mean(), sample.spread(), sample.n());
        }

        /** What chance gives. */
        static Point chance(double x, double y) {
            return new Point(x, y, Double.NaN, 0);
        }
    }
}
