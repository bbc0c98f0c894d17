package org.dietsb.launcher.report;

import java.util.Collection;
import java.util.TreeSet;
import org.dietsb.launcher.sample.Sample;
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

    /** Returns mean and half of the 95 % interval; a dash for an empty sample. */
    static String within(Sample sample, String format) {
        return sample.n() == 0
                ? "-"
                : Format.text(format, sample.mean())
                        + (sample.hasInterval() ? " ± " + Format.text(format, sample.halfWidth()) : "");
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
                + (sample.hasInterval()
                        ? Format.text(" [" + format + ", " + format + "]", unit * sample.low(), unit * sample.high())
                        : "");
    }

    /** Returns the sign test that complements an interval. */
    static String signs(Sample sample, double of) {
        return Format.text("%d of %d above, sign test p = %.2g", sample.above(of), sample.n(), sample.signTest(of));
    }

    /** Returns the number of seeds and their values, runs of consecutive ones from first to last. */
    static String seeds(Collection<Long> of) {
        StringBuilder words = new StringBuilder();
        long from = 0;
        long last = 0;
        boolean open = false;
        for (long seed : new TreeSet<>(of)) {
            if (open && seed == last + 1) {
                last = seed;
                continue;
            }
            if (open) {
                words.append(range(from, last)).append(", ");
            }
            from = seed;
            last = seed;
            open = true;
        }
        return of.isEmpty() ? "0" : of.size() + ": " + words + range(from, last);
    }

    private static String range(long from, long last) {
        return from == last ? String.valueOf(from) : from + "-" + last;
    }

    static String percent(double share) {
        return Format.brief(100 * share) + " %";
    }
}
