package org.dietsb.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.dietsb.launcher.Progress;
import org.dietsb.launcher.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a mask costs a selector, as runs, partitions and selectors grow. */
@Command(
        name = "selector-load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "What a mask costs the selector as runs, partitions and selector processes grow, by simulated trainers: "
                        + "paced, at the same total of masks a second, and saturated, with batches always on their way. Ratios are of "
                        + "the selectors' CPU time for a mask to that of the fewest runs, on the same partitions and selectors. Every "
                        + "mask is checked.")
final class SelectorLoad implements Callable<Integer> {
    /** What a mask may cost more when the runs are more and the masks are not. */
    private static final double LIMIT = 1.2;

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
                    "processes that share the partitions, one or several; where there are more than partitions, they are "
                            + "left out (default ${DEFAULT-VALUE})")
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
            defaultValue = "500",
            description = "masks a second of all runs together when paced (default ${DEFAULT-VALUE})")
    private double rate = 500;

    @Option(
            names = "--heap",
            paramLabel = "<MiB>",
            defaultValue = "512",
            description = "heap of each selector (default ${DEFAULT-VALUE})")
    private int heap = 512;

    @Option(
            names = "--seconds",
            defaultValue = "4",
            description = "paced, and saturated, at each number of runs in each round (default ${DEFAULT-VALUE})")
    private double seconds = 4;

    @Option(
            names = "--warm-up",
            defaultValue = "10",
            paramLabel = "<seconds>",
            description = "of each set of selectors, before the first round (default ${DEFAULT-VALUE})")
    private double warmUp = 10;

    @Mixin
    private RoundOptions options = new RoundOptions();

    private record Place(int runs, int partitions, int selectors) {
        String words() {
            return plural(runs, "run") + ", " + plural(partitions, "partition") + ", " + plural(selectors, "selector");
        }

        private static String plural(int count, String noun) {
            return count + " " + noun + (count == 1 ? "" : "s");
        }
    }

    /**
     * What a round came to.
     *
     * @param residentBytes of all selectors together, after it
     */
    private record Round(Journeys paced, Journeys saturated, long residentBytes) {}

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
        Map<Place, List<Round>> measured = new LinkedHashMap<>();
        try (Progress progress = Progress.onStandardError("selector-load")) {
            for (int p : partitions) {
                for (int s : selectors) {
                    if (s <= p) {
                        measure(p, s, progress, measured);
                    }
                }
            }
        }
        options.publish(new Report(Machine.words(), rows(measured)));
        return 0;
    }

    private void measure(int p, int s, Progress progress, Map<Place, List<Round>> measured)
            throws InterruptedException {
        progress.line("Starting: %d partitions, %d selectors".formatted(p, s));
        List<Integer> ascending = runs.stream().sorted().toList();
        try (PrivateSystem system = SelectorGroup.start(p, s, heap);
                SimulatedTrainers trainers = new SimulatedTrainers(system, p, batchSize)) {
            // A run on each partition: all selectors have something to do.
            trainers.open(p);
            var unused = trainers.saturated(window, SETTLING, time(warmUp));
            trainers.closeRuns();
            for (int round = 0; round < options.rounds; round++) {
                for (int i = 0; i < ascending.size(); i++) {
                    // The first round ascends: what is resident then is what so many runs take, and no more before.
                    int r = ascending.get(round % 2 == 0 ? i : ascending.size() - 1 - i);
                    trainers.open(r);
                    Journeys paced = trainers.paced(rate, SETTLING, time(seconds));
                    Journeys saturated = trainers.saturated(window, SETTLING, time(seconds));
                    long resident = system.residentBytes().values().stream()
                            .mapToLong(Long::longValue)
                            .sum();
                    trainers.closeRuns();
                    measured.computeIfAbsent(new Place(r, p, s), any -> new ArrayList<>())
                            .add(new Round(paced, saturated, resident));
                    progress.to(
                            (round * ascending.size() + i + 1.) / (options.rounds * ascending.size()),
                            "round " + (round + 1) + " of " + options.rounds);
                }
                progress.line("Round " + (round + 1) + " of " + options.rounds);
            }
        }
    }

    private static Duration time(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    private List<Row> rows(Map<Place, List<Round>> measured) {
        List<Row> rows = new ArrayList<>();
        int fewest = runs.stream().min(Integer::compare).orElseThrow();
        measured.keySet().stream()
                .sorted(Comparator.comparingInt(Place::partitions)
                        .thenComparingInt(Place::selectors)
                        .thenComparingInt(Place::runs))
                .forEach(place -> {
                    List<Round> rounds = measured.getOrDefault(place, List.of());
                    List<Round> base =
                            measured.getOrDefault(new Place(fewest, place.partitions, place.selectors), List.of());
                    Limit limit = place.runs == fewest ? null : new Limit.AtMost(LIMIT);
                    rows.add(row("paced, " + place.words(), limit, Round::paced, rounds, base));
                    rows.add(row("saturated, " + place.words(), null, Round::saturated, rounds, base));
                });
        return rows;
    }

    private static Row row(
            String name, @Nullable Limit limit, Function<Round, Journeys> mode, List<Round> rounds, List<Round> base) {
        List<Journeys> journeys = rounds.stream().map(mode).toList();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < rounds.size(); i++) {
            ratios.add(cpuMicrosAMask(journeys.get(i)) / cpuMicrosAMask(mode.apply(base.get(i))));
        }
        return new Row(name, Spread.of(ratios), limit)
                .with("masks/s", median(journeys, Journeys::masksPerSecond))
                .with("p50 ms", median(journeys, Journeys::p50Millis))
                .with("p99 ms", median(journeys, Journeys::p99Millis))
                .with("CPU us/mask", median(journeys, SelectorLoad::cpuMicrosAMask))
                .with("resident MiB", rounds.get(0).residentBytes / (double) (1 << 20))
                .with("cpuSeconds", Journeys.cpuSeconds(journeys));
    }

    private static double median(List<Journeys> rounds, ToDoubleFunction<Journeys> figure) {
        return Spread.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
    }

    /** Of the selectors. */
    private static double cpuMicrosAMask(Journeys journeys) {
        return 1e6
                * journeys.cpuSeconds().entrySet().stream()
                        .filter(process -> process.getKey().startsWith(SelectorGroup.NAME))
                        .mapToDouble(Map.Entry::getValue)
                        .sum()
                / journeys.masks();
    }
}
