package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** The runs of a sweep of seeds, a row for each method: means, standard deviations, and differences from the baseline by seed. */
final class SeedTable {
    private static final double POINTS = 100;

    /**
     * The runs of a method that have an accuracy.
     *
     * @param baseline the runs of the baseline of the same model and learning rate
     */
    private record Method(String name, List<ObjectNode> runs, List<ObjectNode> baseline) {
        Sample sample(ToDoubleFunction<JsonNode> figure) {
            return new Sample(List.copyOf(bySeed(runs, figure).values()));
        }

        Map<Long, Double> differences() {
            Map<Long, Double> whole = bySeed(baseline, SeedTable::accuracy);
            Map<Long, Double> differences = new TreeMap<>();
            bySeed(runs, SeedTable::accuracy).forEach((seed, accuracy) -> {
                if (whole.containsKey(seed)) {
                    differences.put(seed, accuracy - whole.getOrDefault(seed, Double.NaN));
                }
            });
            return differences;
        }

        private static Map<Long, Double> bySeed(List<ObjectNode> of, ToDoubleFunction<JsonNode> figure) {
            Map<Long, Double> figures = new TreeMap<>();
            of.forEach(run -> figures.put(run.path("seed").asLong(), figure.applyAsDouble(run)));
            return figures;
        }
    }

    private SeedTable() {}

    private static double accuracy(JsonNode run) {
        return run.path("accuracy").asDouble();
    }

    /** Returns the table, empty if no method has several seeds. */
    static String of(List<ObjectNode> runs) {
        RunNames names = new RunNames(runs);
        Map<String, List<ObjectNode>> byName = new LinkedHashMap<>();
        runs.stream()
                .filter(run -> run.path("accuracy").isNumber()
                        && Summaries.noEvidence(run).isEmpty())
                .forEach(run -> byName.computeIfAbsent(names.method(run), none -> new ArrayList<>())
                        .add(run));
        List<Method> methods = byName.entrySet().stream()
                .map(one -> new Method(
                        one.getKey(), one.getValue(), baseline(one.getValue().get(0), runs)))
                .toList();
        if (methods.stream()
                .allMatch(method -> method.sample(SeedTable::accuracy).n() < 2)) {
            return "";
        }
        return System.lineSeparator()
                + new Columns<Method>()
                        .add("over seeds", Method::name)
                        .add("n", method -> method.sample(SeedTable::accuracy).n())
                        .add("accuracy", method -> spread(method.sample(SeedTable::accuracy), "%.4f"))
                        .add("s/epoch", method -> spread(method.sample(Summaries::secondsPerEpoch), "%.2f"))
                        .add("minus baseline by seed, points", SeedTable::differences)
                        .table(methods);
    }

    private static List<ObjectNode> baseline(JsonNode like, List<ObjectNode> runs) {
        return runs.stream()
                .filter(run -> !Controls.isControl(run)
                        && Summaries.isBaseline(run)
                        && run.path("accuracy").isNumber()
                        && run.path("model").equals(like.path("model"))
                        && run.path("learningRate").equals(like.path("learningRate")))
                .toList();
    }

    private static String spread(Sample sample, String format) {
        return Format.text(format, sample.mean())
                + (sample.n() < 2 ? "" : " ± " + Format.text(format, sample.spread()));
    }

    private static String differences(Method method) {
        if (!Controls.isControl(method.runs().get(0))
                && Summaries.isBaseline(method.runs().get(0))) {
            return "-";
        }
        String words = method.differences().entrySet().stream()
                .map(one -> Format.text("%d: %+.2f", one.getKey(), POINTS * one.getValue()))
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? "-" : words;
    }
}
