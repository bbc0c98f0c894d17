package org.dietsb.launcher.report;

import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.linear.SingularMatrixException;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;

/**
 * A least-squares model of the seconds of an epoch.
 *
 * @param fixedSeconds seconds that do not depend on the examples
 * @param secondsPerTrained seconds per trained example: forward, backward and step
 * @param secondsPerSelection seconds per example in a selection pass; NaN if there was none
 * @param r2 share of the variance explained
 * @param n number of epochs
 */
record TimeFit(double fixedSeconds, double secondsPerTrained, double secondsPerSelection, double r2, int n) {

    /** The seconds of an epoch, and the number of examples trained and passed for selection. */
    record Point(double seconds, double trained, double selection) {}

    /** Fits the model; empty if there are too few points, or all of them trained alike. */
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
