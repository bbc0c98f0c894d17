package org.dietsb.bench.load;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.bench.path.Journeys;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.testbed.PrivateSystem;
import org.dietsb.testbed.SelectorGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what a mask costs the selectors, as runs, partitions and selectors grow. */
@Command(
        name = "selector-load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measure what a mask costs the selectors as runs, partitions and selector processes grow, with"
                + " simulated trainers: paced, at the same total rate of masks, and saturated, with batches always"
                + " in flight. Ratios are of the selectors' CPU time per mask to that of the fewest runs on the"
                + " same partitions and selectors. Every mask is checked.")
public final class SelectorLoad implements Callable<Integer> {
    private static final Duration SETTLING = Duration.ofSeconds(1);

    @InRange("[1, 100000]")
    @Option(
            names = "--runs",
            paramLabel = "R",
            split = ",",
            defaultValue = "1,10,100,1000",
            description = "concurrent runs; one or several values, separated by commas (default ${DEFAULT-VALUE})")
    private List<Integer> runs = List.of(1, 10, 100, 1_000);

    @InRange("[1, 1000]")
    @Option(
            names = "--partitions",
            paramLabel = "P",
            split = ",",
            defaultValue = "8",
            description = "partitions of the topics, one or several values, each on a broker of its own (default"
                    + " ${DEFAULT-VALUE})")
    private List<Integer> partitions = List.of(8);

    @InRange("[1, 100]")
    @Option(
            names = "--selectors",
            paramLabel = "S",
            split = ",",
            defaultValue = "1",
            description =
                    "processes that share the partitions, one or several values; values above the number of partitions "
                            + "are skipped (default ${DEFAULT-VALUE})")
    private List<Integer> selectors = List.of(1);

    @InRange("[1, 65536]")
    @Option(names = "--batch-size", paramLabel = "B", description = "examples per batch (default ${DEFAULT-VALUE})")
    private int batchSize = 128;

    @InRange("[1, 1024]")
    @Option(
            names = "--window",
            paramLabel = "W",
            description = "batches of each run in flight when saturated (default ${DEFAULT-VALUE})")
    private int window = 4;

    @InRange("(0, 1000000]")
    @Option(
            names = "--rate",
            defaultValue = "1000",
            paramLabel = "<masks>",
            description = "total masks per second of all runs when paced (default ${DEFAULT-VALUE})")
    private double rate = 1_000;

    @InRange("[64, 1048576]")
    @Option(names = "--heap", paramLabel = "<MiB>", description = "heap of each selector (default ${DEFAULT-VALUE})")
    private int heap = 768;

    @InRange("(0, 3600]")
    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "time for each number of runs, round and mode, paced or saturated (default ${DEFAULT-VALUE})")
    private double seconds = 4;

    @InRange("[0, 3600]")
    @Option(
            names = "--warm-up",
            defaultValue = "40",
            paramLabel = "<seconds>",
            description = "time for each set of selectors before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 40;

    @Mixin
    private BenchOptions options = new BenchOptions(5);

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        BenchOptions.checkEach("--runs", runs);
        BenchOptions.checkEach("--partitions", partitions);
        BenchOptions.checkEach("--selectors", selectors);
        LoadReport report = new LoadReport();
        try (Progress progress = Progress.onStandardError("selector-load")) {
            for (int p : partitions) {
                for (int s : selectors) {
                    if (s <= p) {
                        measure(p, s, report, progress);
                    }
                }
            }
        }
        options.publish(new Report(Machine.words(), report.rows()));
        return 0;
    }

    private void measure(int p, int s, LoadReport report, Progress progress) throws InterruptedException {
        String where = p + " partitions, " + s + " selectors: ";
        progress.line(where + "warming up");
        progress.to(0, where + "warming up");
        List<Integer> ascending = runs.stream().sorted().toList();
        try (PrivateSystem system = SelectorGroup.start(p, s, heap);
                SimulatedTrainers trainers = new SimulatedTrainers(system, p, batchSize)) {
            // A run on each partition, so that every selector has work.
            trainers.open(p);
            trainers.warmUp(window, rate, BenchOptions.time(warmUp));
            trainers.closeRuns();
            for (int round = 0; round < options.rounds; round++) {
                String which = where + "round " + (round + 1) + " of " + options.rounds;
                for (int i = 0; i < ascending.size(); i++) {
                    // Up and down in turn; up first, so that memory is measured before more runs have taken it.
                    int r = ascending.get(round % 2 == 0 ? i : ascending.size() - 1 - i);
                    report.add(new LoadReport.Place(r, p, s), measure(system, trainers, r));
                    progress.to((round * ascending.size() + i + 1.) / (options.rounds * ascending.size()), which);
                }
                progress.line(which);
            }
        }
    }

    private LoadReport.Round measure(PrivateSystem system, SimulatedTrainers trainers, int r)
            throws InterruptedException {
        Duration time = BenchOptions.time(seconds);
        trainers.open(r);
        // Saturated first, so that the state of each run exists and none is created during the paced measurement.
        Journeys saturated = trainers.saturated(window, SETTLING, time);
        Journeys paced = trainers.paced(rate, SETTLING, time);
        long residentBytes = system.residentBytes();
        trainers.closeRuns();
        return new LoadReport.Round(paced, saturated, residentBytes);
    }
}
