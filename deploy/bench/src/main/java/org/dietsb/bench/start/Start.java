package org.dietsb.bench.start;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.bench.start.SystemOfBuild.Figures;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.testbed.Build;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures how long {@code dietsb up} takes to be ready and to stop, and what it takes of processor and memory. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measure how long dietsb up takes to be ready and to stop, its processor time, and the resident"
                + " memory of the idle broker and services. With --against, as ratios to another build.")
public final class Start implements Callable<Integer> {
    private static final double MIB = 1 << 20;

    @Option(
            names = "--against",
            paramLabel = "DIR",
            description = "a built checkout of another version; both are started in turn")
    private @Nullable Path against;

    @InRange("[0, 3600]")
    @Option(
            names = "--idle",
            defaultValue = "5",
            paramLabel = "<seconds>",
            description = "time between ready and stop (default ${DEFAULT-VALUE})")
    private double idle = 5;

    @Mixin
    private BenchOptions options = new BenchOptions(5);

    /** A figure of a start: its name, unit and limits, as a value and as a ratio to another build. */
    private record Kind(
            String name,
            String unit,
            ToDoubleFunction<Figures> figure,
            @Nullable Limit limit,
            @Nullable Limit ofRatio) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("ready", "s", Figures::ready, null, Limit.atMost(.6)),
            new Kind("stopped", "s", Figures::stop, Limit.atMost(3), null),
            new Kind("CPU time until idle", "s", Figures::cpu, null, null),
            new Kind("resident memory, idle", "MiB", one -> one.resident() / MIB, null, Limit.atMost(.7)));

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        List<Build> builds = new ArrayList<>();
        if (against != null) {
            builds.add(Build.against(against));
        }
        builds.add(0, new Build(Launch.root()));
        List<List<Figures>> rounds = rounds(builds);
        List<Row> rows = KINDS.stream().map(kind -> row(kind, rounds)).toList();
        options.publish(
                against == null ? new Report(Machine.words(), "value", rows) : new Report(Machine.words(), rows));
        return 0;
    }

    /** Returns the figures of each round, one for each build. The first start of each, which makes its topics, is not counted. */
    private List<List<Figures>> rounds(List<Build> builds) throws InterruptedException {
        List<SystemOfBuild> systems = new ArrayList<>();
        try (Progress progress = Progress.onStandardError("start")) {
            for (Build build : builds) {
                systems.add(new SystemOfBuild(build));
                progress.to(0, "warming up");
                systems.get(systems.size() - 1).measured(BenchOptions.time(0));
            }
            List<List<Figures>> rounds = new ArrayList<>();
            for (int round = 1; round <= options.rounds; round++) {
                List<Figures> figures = new ArrayList<>();
                for (SystemOfBuild system : systems) {
                    figures.add(system.measured(BenchOptions.time(idle)));
                }
                rounds.add(figures);
                progress.to((double) round / options.rounds, "round " + round + " of " + options.rounds);
            }
            return rounds;
        } finally {
            systems.forEach(SystemOfBuild::close);
        }
    }

    private static Row row(Kind kind, List<List<Figures>> rounds) {
        List<Figures> ours = rounds.stream().map(round -> round.get(0)).toList();
        Spread value = Spread.of(ours, kind.figure);
        if (rounds.get(0).size() == 1) {
            return new Row(kind.name, value, kind.limit).with("unit", kind.unit);
        }
        List<Figures> others = rounds.stream().map(round -> round.get(1)).toList();
        Spread ratio = Spread.of(
                rounds, round -> kind.figure.applyAsDouble(round.get(0)) / kind.figure.applyAsDouble(round.get(1)));
        return new Row(kind.name, ratio, kind.ofRatio)
                .with("unit", kind.unit)
                .with("ours", value.median())
                .with("other", Spread.of(others, kind.figure).median());
    }
}
