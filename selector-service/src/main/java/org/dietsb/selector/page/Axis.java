package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The vertical axis of a chart.
 *
 * @param name what it measures, with its unit
 * @param format formats a value
 * @param fromZero whether it begins at 0, and not below the lowest value
 * @param least minimum length, in its unit
 */
record Axis(String name, Function<Double, String> format, boolean fromZero, double least) {
    private static final int TICKS = 4;

    /** Returns an axis from 0 to the highest value, or to this if that is higher. */
    static Axis fromZero(String name, Function<Double, String> format, double least) {
        return new Axis(name, format, true, least);
    }

    /** Returns an axis around the values, of at least this length. */
    static Axis around(String name, Function<Double, String> format, double least) {
        return new Axis(name, format, false, least);
    }

    /** The ends of an axis and the distance of its ticks. */
    record Range(double bottom, double top, double step) {
        List<Chart.Tick> ticks(Chart.Scale scale, Function<Double, String> format) {
            List<Chart.Tick> ticks = new ArrayList<>();
            for (int i = 0; bottom + i * step <= top + step / 2; i++) {
                double value = bottom + i * step;
                ticks.add(new Chart.Tick(scale.at(value), format.apply(value)));
            }
            return ticks;
        }
    }

    /** Returns the ends for values of which these are the lowest and the highest. */
    Range range(double lowest, double highest) {
        double low = fromZero ? Math.min(0, lowest) : lowest;
        double high = Math.max(highest, low + least);
        double step = niceStep(Math.max(high - low, Math.abs(high) * 1e-6 + 1e-9) / TICKS);
        double bottom = Math.floor(low / step + 1e-9) * step;
        return new Range(bottom, Math.max(bottom + step, Math.ceil(high / step - 1e-9) * step), step);
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
}
