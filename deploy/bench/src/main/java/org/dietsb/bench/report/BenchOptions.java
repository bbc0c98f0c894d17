package org.dietsb.bench.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.dietsb.launcher.OutputFile;
import org.dietsb.launcher.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every benchmark has, and checks of those that several have. */
public final class BenchOptions {
    @Option(
            names = "--rounds",
            description = "interleaved rounds, of which medians are reported (default ${DEFAULT-VALUE})")
    public int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "write the machine and the rows to this file as JSON")
    private @Nullable Path json;

    /** Creates the options with this default number of rounds. */
    public BenchOptions(int rounds) {
        this.rounds = rounds;
    }

    /** Rejects values that are out of range. */
    public void check() {
        checkRange("--rounds", rounds, 1, 1_000);
        OutputFile.check("--json", json);
    }

    /** Rejects a value outside a closed range of whole numbers. */
    public static void checkRange(String option, int value, int least, int most) {
        WrongUsage.unless(value >= least && value <= most, option, value, "[" + least + ", " + most + "]");
    }

    /** Rejects numbers below 1 or too large, and duplicates. */
    public static void checkEach(String option, List<Integer> values, int most) {
        values.forEach(value -> checkRange(option, value, 1, most));
        WrongUsage.unless(new HashSet<>(values).size() == values.size(), option, values, "each value once");
    }

    /** Converts the seconds of a measurement, which must be above 0. */
    public static Duration measuredTime(String option, double seconds) {
        WrongUsage.unless(seconds > 0 && seconds <= 3_600, option, seconds, "(0, 3600]");
        return time(seconds);
    }

    /** Converts the seconds of {@code --warm-up}, which may be 0. */
    public static Duration warmUpTime(double seconds) {
        WrongUsage.unless(seconds >= 0 && seconds <= 3_600, "--warm-up", seconds, "[0, 3600]");
        return time(seconds);
    }

    private static Duration time(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** Prints the table, and writes the JSON file if one is requested. */
    public void publish(Report report) {
        System.out.print(report.table());
        if (json != null) {
            OutputFile.write(json, report.json());
            System.out.println("Wrote " + json);
        }
    }
}
