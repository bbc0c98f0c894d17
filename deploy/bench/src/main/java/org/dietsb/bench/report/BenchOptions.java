package org.dietsb.bench.report;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.OutputFile;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every benchmark has, and checks of those that several have. */
public final class BenchOptions {
    @InRange("[1, 1000]")
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

    /** Rejects a file that cannot be written. */
    public void check() {
        OutputFile.check("--json", json);
    }

    /** Rejects duplicates. */
    public static void checkEach(String option, List<Integer> values) {
        WrongUsage.unless(new HashSet<>(values).size() == values.size(), option, values, "each value once");
    }

    /** Converts seconds. */
    public static Duration time(double seconds) {
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
