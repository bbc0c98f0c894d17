package org.dietsb.launcher.report;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * Where the seconds of an epoch go, by least squares.
 *
 * @param fixedSeconds whatever is trained
 * @param secondsPerTrained of an example, forward, backward and step
 * @param secondsPerSelection of an example's selection pass; NaN where there was none
 * @param r2 share of the variance explained
 * @param n epochs it is fit to
 */
record TimeFit(double fixedSeconds, double secondsPerTrained, double secondsPerSelection, double r2, int n) {

    /** Seconds of an epoch, and what was done in it. */
    record Point(double seconds, double trained, double selection) {}

    /** Empty where there are too few points, or all have trained alike. */
    static Optional<TimeFit> of(List<Point> points) {
        boolean selects = points.stream().anyMatch(point -> point.selection() > 0);
        int unknowns = selects ? 3 : 2;
        if (points.size() <= unknowns) {
            return Optional.empty();
        }
        double[] seconds = points.stream().mapToDouble(Point::seconds).toArray();
        double[][] done = points.stream()
                .map(point ->
                        selects ? new double[] {point.trained(), point.selection()} : new double[] {point.trained()})
                .toArray(double[][]::new);
        try {
            OLSMultipleLinearRegression fit = new OLSMultipleLinearRegression(1e-9);
            fit.newSampleData(seconds, done);
            double[] found = fit.estimateRegressionParameters();
            return Optional.of(new TimeFit(
                    found[0], found[1], selects ? found[2] : Double.NaN, fit.calculateRSquared(), points.size()));
        } catch (SingularMatrixException alike) {
            return Optional.empty();
        }
    }
}
