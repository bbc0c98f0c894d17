package org.dietsb.launcher.report;

import java.util.Locale;

/** Numbers in words. */
final class Words {
    private Words() {}

    static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /** Mean and standard deviation; a dash of none. */
    static String mean(Sample sample, String format) {
        if (sample.n() == 0) {
            return "-";
        }
        return text(format, sample.mean()) + (sample.n() < 2 ? "" : " ± " + text(format, sample.spread()));
    }

    /** In points, hundredths of a share, with its 95 % interval. */
    static String points(Sample differences) {
        if (differences.n() == 0) {
            return "-";
        }
        return text("%+.2f", 100 * differences.mean())
                + (differences.n() < 2
                        ? ""
                        : text(" [%+.2f, %+.2f]", 100 * differences.low(), 100 * differences.high()));
    }

    /** With its 95 % interval. */
    static String interval(Sample sample, String format) {
        return sample.n() == 0
                ? "-"
                : text(format, sample.mean())
                        + (sample.n() < 2
                                ? ""
                                : text(" [" + format + ", " + format + "]", sample.low(), sample.high()));
    }

    /** The sign test beside an interval. */
    static String signs(Sample sample, double of) {
        return text("%d of %d above, sign test p = %.2g", sample.above(of), sample.n(), sample.signTest(of));
    }

    /** A number of things. */
    static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }

    static String percent(double share) {
        return text("%.3f", 100 * share).replaceAll("\\.?0+$", "") + " %";
    }
}
