package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.Format;

/** The values of an axis. */
record Scale(double from, double to, double step) {
    private static final int TICKS = 6;

    /** Returns a scale widened to whole steps of 1, 2 or 5 times a power of ten. */
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
        return Format.text("%." + digits + "f", value + 0.0);
    }
}
