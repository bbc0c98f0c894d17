package org.dietsb.launcher.report;

import org.dietsb.launcher.text.Format;

/** Formats samples. */
final class Words {
    private Words() {}

    /** Returns mean and standard deviation; a dash for an empty sample. */
    static String mean(Sample sample, String format) {
        return sample.n() == 0
                ? "-"
                : Format.text(format, sample.mean())
                        + (sample.n() < 2 ? "" : " ± " + Format.text(format, sample.spread()));
    }

    /** Returns mean and 95 % interval in points, which are hundredths of a share. */
    static String points(Sample differences) {
        return interval(differences, "%+.2f", 100);
    }

    static String interval(Sample sample, String format) {
        return interval(sample, format, 1);
    }

    private static String interval(Sample sample, String format, double unit) {
        if (sample.n() == 0) {
            return "-";
        }
        return Format.text(format, unit * sample.mean())
                + (sample.n() < 2
                        ? ""
                        : Format.text(" [" + format + ", " + format + "]", unit * sample.low(), unit * sample.high()));
    }

    /** Returns the sign test that complements an interval. */
    static String signs(Sample sample, double of) {
        return Format.text("%d of %d above, sign test p = %.2g", sample.above(of), sample.n(), sample.signTest(of));
    }

    static String percent(double share) {
        return Format.brief(100 * share) + " %";
    }
}
