package org.dietsb.launcher.report;

import java.util.List;

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

    /**
     * Points of one colour.
     *
     * @param control whether other series are compared with this one, which is drawn dashed and without marks
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
     * @param spread standard deviation; NaN if there is only one value or none
     * @param n number of values; 0 for a point of chance
     */
    record Point(double x, double mean, double spread, int n) {
        static Point of(double x, Sample sample) {
            return new Point(x, sample.mean(), sample.spread(), sample.n());
        }

        /** Returns a point that chance yields. */
        static Point chance(double x, double y) {
            return new Point(x, y, Double.NaN, 0);
        }
    }
}
