package org.dietsb.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.WrongUsage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a mask costs a selector, as runs, partitions and selectors grow. */
@Command(
        name = "selector-load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "What a mask costs the selector as runs, partitions and selector processes grow, by simulated"
                + " trainers: paced, at the same total of masks a second, and saturated, with batches always on"
                + " their way. Ratios are of the selectors' CPU time for a mask to that of the fewest runs, on the"
                + " same partitions and selectors. Every mask is checked.")
final class SelectorLoad implements Callable<Integer> {
    private static final Duration SETTLING = Duration.ofSeconds(1);

    @Option(
            names = "--runs",
            paramLabel = "R",
            split = ",",
            defaultValue = "1,10,100,1000",
            description = "runs at a time, one or several, with commas (default ${DEFAULT-VALUE})")
    private List<Integer> runs = List.of(1, 10, 100, 1_000);

    @Option(
            names = "--partitions",
            paramLabel = "P",
            split = ",",
            defaultValue = "8",
            description = "of the topics, one or several; each on a broker of its own (default ${DEFAULT-VALUE})")
    private List<Integer> partitions = List.of(8);

    @Option(
            names = "--selectors",
            paramLabel = "S",
            split = ",",
            defaultValue = "1",
            description =
                    "processes that share the partitions, one or several; where there are more than partitions, they"
                            + " are left out (default ${DEFAULT-VALUE})")
    private List<Integer> selectors = List.of(1);

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "128",
            description = "examples of a batch (default ${DEFAULT-VALUE})")
    private int batchSize = 128;

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "4",
            description = "batches that each run has on their way when saturated (default ${DEFAULT-VALUE})")
    private int window = 4;

    @Option(
            names = "--rate",
            paramLabel = "<masks>",
            defaultValue = "1000",
            description = "masks a second of all runs together when paced (default ${DEFAULT-VALUE})")
    private double rate = 1_000;

    @Option(
            names = "--heap",
            paramLabel = "<MiB>",
            defaultValue = "768",
            description = "heap of each selector (default ${DEFAULT-VALUE})")
    private int heap = 768;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "paced, and saturated, at each number of runs in each round (default ${DEFAULT-VALUE})")
    private double seconds = 4;

    @Option(
            names = "--warm-up",
            defaultValue = "40",
            paramLabel = "<seconds>",
            description = "of each set of selectors, before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 40;

    @Mixin
    private RoundOptions options = new RoundOptions();

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        Several.check("--runs", runs, 100_000);
        Several.check("--partitions", partitions, 1_000);
        Several.check("--selectors", selectors, 100);
        WrongUsage.unless(batchSize >= 1 && batchSize <= 65_536, "--batch-size", batchSize, "[1, 65536]");
        WrongUsage.unless(window >= 1 && window <= 1_024, "--window", window, "[1, 1024]");
        WrongUsage.unless(rate > 0 && rate <= 1e6, "--rate", rate, "(0, 1000000]");
        WrongUsage.unless(heap >= 64 && heap <= 1 << 20, "--heap", heap, "[64, 1048576]");
        WrongUsage.unless(seconds > 0 && seconds <= 3_600, "--seconds", seconds, "(0, 3600]");
        WrongUsage.unless(warmUp >= 0 && warmUp <= 3_600, "--warm-up", warmUp, "[0, 3600]");
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
        String where = "%d partitions, %d selectors: ".formatted(p, s);
        progress.line(where + "warming up");
        progress.to(0, where + "warming up");
        List<Integer> ascending = runs.stream().sorted().toList();
        try (PrivateSystem system = SelectorGroup.start(p, s, heap);
                SimulatedTrainers trainers = new SimulatedTrainers(system, p, batchSize)) {
            warmUp(trainers, p);
            for (int round = 0; round < options.rounds; round++) {
                String which = where + "round " + (round + 1) + " of " + options.rounds;
                for (int i = 0; i < ascending.size(); i++) {
                    // Up and down in turn; first up, so that memory is measured before more runs have taken it.
                    int r = ascending.get(round % 2 == 0 ? i : ascending.size() - 1 - i);
                    report.add(new LoadReport.Place(r, p, s), measure(system, trainers, r));
                    progress.to((round * ascending.size() + i + 1.) / (options.rounds * ascending.size()), which);
                }
                progress.line(which);
            }
        }
    }

    /** With a run on each partition, so that every selector has work. */
    private void warmUp(SimulatedTrainers trainers, int p) throws InterruptedException {
        trainers.open(p);
        trainers.warmUp(window, rate, time(warmUp));
        trainers.closeRuns();
    }

    private LoadReport.Round measure(PrivateSystem system, SimulatedTrainers trainers, int r)
            throws InterruptedException {
        trainers.open(r);
        // Saturated first: then the state of each run is there, and none is made while they are paced.
        Journeys saturated = trainers.saturated(window, SETTLING, time(seconds));
        Journeys paced = trainers.paced(rate, SETTLING, time(seconds));
        long residentBytes = system.residentBytes().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        trainers.closeRuns();
        return new LoadReport.Round(paced, saturated, residentBytes);
    }

    private static Duration time(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
