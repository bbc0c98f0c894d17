package org.dietsb.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What judging and encoding cost an example, by JMH. */
@Command(
        name = "policies",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Nanoseconds an example that a policy takes to judge a batch (infobatch, diet: a training set for an"
                    + " epoch), and protobuf to encode and decode losses and masks. Each round measures each in a JVM"
                    + " of its own (JMH).")
final class Policies implements Callable<Integer> {
    private static final int LARGEST = 65_536;

    /** At this batch size judging has a limit, in ns an example. */
    private static final int LIMITED = 4_096;

    private static final double LIMIT = 100;

    @Option(
            names = "--examples",
            paramLabel = "N",
            split = ",",
            defaultValue = "128,4096,65536",
            description = "of a batch, or of the training set, one or several, with commas (default ${DEFAULT-VALUE})")
    private List<Integer> examples = List.of(128, 4096, 65_536);

    @Option(names = "--seconds", defaultValue = "0.4", description = "each, in each round (default ${DEFAULT-VALUE})")
    private double seconds = .4;

    @Option(
            names = "--warm-up",
            defaultValue = "0.4",
            paramLabel = "<seconds>",
            description = "each, before (default ${DEFAULT-VALUE})")
    private double warmUp = .4;

    @Mixin
    private RoundOptions options = new RoundOptions(3);

    /** What is measured: a method of a JMH class, and its parameters. */
    private record Subject(
            String name,
            Class<?> benchmark,
            String method,
            @Nullable String judge,
            int examples) {

        /** A history of a million is for those who ask for it. */
        boolean hasLimit() {
            return examples == LIMITED
                    && judge != null
                    && !judge.equals(JudgingBenchmark.Judge.LONGEST_PERCENTILE.name());
        }
    }

    @Override
    public Integer call() {
        options.check();
        for (int n : examples) {
            WrongUsage.unless(n >= 1 && n <= LARGEST, "--examples", n, "[1, " + LARGEST + "]");
        }
        WrongUsage.unless(seconds > 0 && seconds <= 3_600, "--seconds", seconds, "(0, 3600]");
        WrongUsage.unless(warmUp > 0 && warmUp <= 3_600, "--warm-up", warmUp, "(0, 3600]");
        Map<Subject, List<Double>> measured = new LinkedHashMap<>();
        List<Subject> subjects = subjects();
        try (Progress progress = Progress.onStandardError("policies")) {
            for (int round = 1; round <= options.rounds; round++) {
                for (Subject subject : subjects) {
                    measured.computeIfAbsent(subject, any -> new ArrayList<>()).add(nanosAnExample(subject));
                    double done = (round - 1) * subjects.size() + subjects.indexOf(subject) + 1;
                    progress.to(done / (options.rounds * subjects.size()), "round " + round + " of " + options.rounds);
                }
                progress.line("Round " + round + " of " + options.rounds);
            }
        }
        List<Row> rows = new ArrayList<>();
        measured.forEach((subject, rounds) -> rows.add(row(subject, rounds)));
        options.publish(new Report(Machine.words(), "ns/example", rows));
        return 0;
    }

    private List<Subject> subjects() {
        List<Subject> subjects = new ArrayList<>();
        for (JudgingBenchmark.Judge judge : JudgingBenchmark.Judge.values()) {
            for (int n : examples) {
                subjects.add(new Subject(judge.words, JudgingBenchmark.class, "judge", judge.name(), n));
            }
        }
        for (int n : examples) {
            subjects.add(new Subject("BatchLosses encoded", EncodingBenchmark.class, "encodeBatchLosses", null, n));
            subjects.add(new Subject("BatchLosses decoded", EncodingBenchmark.class, "decodeBatchLosses", null, n));
            subjects.add(new Subject("BatchMask encoded", EncodingBenchmark.class, "encodeBatchMask", null, n));
            subjects.add(new Subject("BatchMask decoded", EncodingBenchmark.class, "decodeBatchMask", null, n));
        }
        return subjects;
    }

    private double nanosAnExample(Subject subject) {
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include("\\." + subject.benchmark.getSimpleName() + "\\." + subject.method + "$")
                .param("examples", String.valueOf(subject.examples))
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(1)
                .warmupIterations(1)
                .warmupTime(time(warmUp))
                .measurementIterations(1)
                .measurementTime(time(seconds))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        if (subject.judge != null) {
            jmh = jmh.param("judge", subject.judge);
        }
        try {
            return new Runner(jmh.build()).runSingle().getPrimaryResult().getScore() / subject.examples;
        } catch (RunnerException failed) {
            throw new UserError("JMH: " + failed.getMessage());
        }
    }

    private static TimeValue time(double seconds) {
        return TimeValue.nanoseconds((long) (seconds * 1e9));
    }

    private static Row row(Subject subject, List<Double> rounds) {
        Limit limit = subject.hasLimit() ? new Limit.AtMost(LIMIT) : null;
        return new Row(subject.name + ", " + subject.examples + " examples", Spread.of(rounds), limit);
    }
}
