package org.dietsb.bench.beside;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Build;
import org.dietsb.testbed.Spread;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a benchmark of this build and the same one of another build in turn, one round each. */
@Command(
        name = "beside",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Run a benchmark of this build and of another one in turn, one round each, and compare what they"
                + " measure, row by row. Rows that only one of the builds has are left out.")
public final class Beside implements Callable<Integer> {
    @Option(
            names = "--against",
            required = true,
            paramLabel = "DIR",
            description = "a built checkout of another version")
    private Path against = Path.of(".");

    @Mixin
    private BenchOptions options = new BenchOptions(3);

    @Parameters(
            arity = "1..*",
            paramLabel = "BENCHMARK",
            description =
                    "the benchmark and its options, for example mask-path --window=1,16; options of this command come before")
    private List<String> benchmark = new ArrayList<>();

    /** The figures of a row in each round. */
    private record Both(List<Double> ours, List<Double> others) {}

    @Override
    public Integer call() throws InterruptedException {
        options.check();
        Build other = Build.against(against);
        Build own = new Build(Launch.root());
        Map<String, Both> measured = new LinkedHashMap<>();
        try (OneRound run = new OneRound(benchmark);
                Progress progress = Progress.onStandardError("beside")) {
            for (int round = 1; round <= options.rounds; round++) {
                progress.to((round - 1.) / options.rounds, "round " + round + " of " + options.rounds);
                boolean oursFirst = round % 2 == 1;
                Map<String, Double> first = figures(run.of(oursFirst ? own : other));
                Map<String, Double> second = figures(run.of(oursFirst ? other : own));
                add(measured, oursFirst ? first : second, oursFirst ? second : first);
            }
        }
        options.publish(new Report(
                Machine.words(),
                measured.entrySet().stream()
                        .map(row -> row(row.getKey(), row.getValue()))
                        .toList()));
        return 0;
    }

    private static void add(Map<String, Both> measured, Map<String, Double> ours, Map<String, Double> others) {
        ours.forEach((name, figure) -> {
            Double other = others.get(name);
            if (other != null) {
                Both both = measured.computeIfAbsent(name, any -> new Both(new ArrayList<>(), new ArrayList<>()));
                both.ours.add(figure);
                both.others.add(other);
            }
        });
    }

    private static Row row(String name, Both both) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < both.ours.size(); round++) {
            ratios.add(both.ours.get(round) / both.others.get(round));
        }
        return new Row(name, Spread.of(ratios), null)
                .with("ours", Spread.of(both.ours).median())
                .with("other", Spread.of(both.others).median());
    }

    /** Returns the ratio or value of each row by its name. */
    private static Map<String, Double> figures(Path report) {
        try {
            Map<String, Double> figures = new LinkedHashMap<>();
            for (JsonNode row : new ObjectMapper().readTree(report.toFile()).path("rows")) {
                JsonNode figure = row.has("ratio") ? row.path("ratio") : row.path("value");
                figures.put(row.path("name").asText(), figure.asDouble());
            }
            if (figures.isEmpty()) {
                throw new UserError(report + " has no rows");
            }
            return figures;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
