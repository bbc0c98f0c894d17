package org.dietsb.bench;

import java.nio.file.Path;
import org.dietsb.launcher.text.OutputFile;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark can be told. */
final class RoundOptions {
    @Option(
            names = "--rounds",
            description = "interleaved rounds, of which medians are taken (default ${DEFAULT-VALUE})")
    int rounds;

    @Option(names = "--json", paramLabel = "FILE", description = "write the machine and the rows as JSON")
    @Nullable
    Path json;

    RoundOptions() {
        this(5);
    }

    /** With so many rounds by default. */
    RoundOptions(int rounds) {
        this.rounds = rounds;
    }

    /** Refuses what cannot be obeyed. */
    void check() {
        WrongUsage.unless(rounds >= 1 && rounds <= 1_000, "--rounds", rounds, "[1, 1000]");
        OutputFile.check("--json", json);
    }

    /** Prints the table, and writes the file if one is wanted. */
    void publish(Report report) {
        System.out.print(report.table());
        if (json != null) {
            OutputFile.write(json, report.json());
            System.out.println("Wrote " + json);
        }
    }
}
