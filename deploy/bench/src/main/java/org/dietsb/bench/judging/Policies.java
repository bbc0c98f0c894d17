package org.dietsb.bench.judging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Spread;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the cost of judging and encoding per example, by JMH. */
@Command(
        name = "policies",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measure the nanoseconds per example that a policy takes to judge a batch (diet and those that judge by epoch: a training"
                        + " set for an epoch), and that protobuf takes to encode and decode losses and masks. Each round"
                        + " measures each in a JVM of its own (JMH).")
public final class Policies implements Callable<Integer> {
    /** The batch size at which judging has a limit, in ns per example. */
    private static final int LIMITED = 4_096;

    private static final double LIMIT = 100;

    @InRange("[1, 65536]")
    @Option(
            names = "--examples",
            paramLabel = "N",
            split = ",",
            defaultValue = "128,4096,65536",
            description =
                    "examples of a batch, or of the training set; one or several values, separated by commas (default "
                            + "${DEFAULT-VALUE})")
    private List<Integer> examples = List.of(128, 4096, 65_536);

    @InRange("(0, 3600]")
    @Option(
            names = "--seconds",
            defaultValue = "0.4",
            description = "time of each measurement, in each round (default ${DEFAULT-VALUE})")
    private double seconds = .4;

    @InRange("(0, 3600]")
    @Option(
            names = "--warm-up",
            defaultValue = "0.4",
            paramLabel = "<seconds>",
            description = "time before each measurement (default ${DEFAULT-VALUE})")
    private double warmUp = .4;

    @Mixin
    private BenchOptions options = new BenchOptions(3);

    private record Cell(Subject subject, int examples) {}

    @Override
    public Integer call() {
        options.check();
        List<Cell> cells = Arrays.stream(Subject.values())
                .flatMap(subject -> examples.stream().map(n -> new Cell(subject, n)))
                .toList();
        Map<Cell, List<Double>> measured = new LinkedHashMap<>();
        try (Progress progress = Progress.onStandardError("policies")) {
            int done = 0;
            for (int round = 1; round <= options.rounds; round++) {
                String which = "round " + round + " of " + options.rounds;
                for (Cell cell : cells) {
                    measured.computeIfAbsent(cell, any -> new ArrayList<>()).add(nanosPerExample(cell));
                    progress.to((double) ++done / (options.rounds * cells.size()), which);
                }
                progress.line(which);
            }
        }
        List<Row> rows = new ArrayList<>();
        measured.forEach((cell, rounds) -> rows.add(new Row(
                cell.subject.words + ", " + cell.examples + " examples",
                Spread.of(rounds),
                cell.examples == LIMITED && cell.subject.hasLimit() ? Limit.atMost(LIMIT) : null)));
        options.publish(new Report(Machine.words(), "ns/example", rows));
        return 0;
    }

    private double nanosPerExample(Cell cell) {
        Options jmh = new OptionsBuilder()
                .include("\\." + SubjectBenchmark.class.getSimpleName() + "\\.")
                .param("subject", cell.subject.name())
                .param("examples", String.valueOf(cell.examples))
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .warmupIterations(1)
                .warmupTime(time(warmUp))
                .measurementIterations(1)
                .measurementTime(time(seconds))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        try {
            return new Runner(jmh).runSingle().getPrimaryResult().getScore() / cell.examples;
        } catch (RunnerException failed) {
            throw new UserError("JMH failed: " + failed.getMessage());
        }
    }

    private static TimeValue time(double seconds) {
        return TimeValue.nanoseconds(BenchOptions.time(seconds).toNanos());
    }
}
