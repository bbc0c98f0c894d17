package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.sample.AgainstControls;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Format;

/** What a table of runs says in words: each method beside the baseline and beside its controls, paired by seed. */
final class Conclusions {
    private static final double POINTS = 100;

    private final List<ObjectNode> runs;
    private final RunNames names;

    private Conclusions(List<ObjectNode> runs) {
        this.runs = runs;
        this.names = new RunNames(runs);
    }

    /** Returns one or two lines for each method; none if nothing is compared. */
    static String of(List<ObjectNode> runs) {
        return new Conclusions(runs).words();
    }

    private String words() {
        Map<String, ObjectNode> methods = new LinkedHashMap<>();
        for (ObjectNode run : runs) {
            if (!Controls.isControl(run)
                    && !Summaries.isBaseline(run)
                    && Summaries.noEvidence(run).isEmpty()) {
                methods.putIfAbsent(names.method(run), run);
            }
        }
        StringBuilder words = new StringBuilder();
        boolean controlled = runs.stream().anyMatch(Controls::isControl);
        methods.forEach((name, first) -> {
            againstTheBaseline(name, first).ifPresent(words::append);
            if (controlled) {
                words.append(againstTheControls(name, Summaries.kind(first)));
            }
        });
        if (!controlled && words.length() > 0) {
            words.append(Format.text(
                    "Whether that beats training less is not shown: --controls trains what would show it.%n"));
        }
        if (words.length() > 0 && seeds() < 3) {
            words.append(Format.text(
                    "%s not tell methods apart; a report over several does, see dietsb report.%n",
                    seeds() == 1 ? "One seed does" : "Two seeds do"));
        }
        return words.toString();
    }

    private long seeds() {
        return runs.stream().map(run -> run.path("seed").asLong()).distinct().count();
    }

    private Optional<String> againstTheBaseline(String name, ObjectNode first) {
        Predicate<JsonNode> method =
                run -> !Controls.isControl(run) && names.method(run).equals(name);
        Predicate<JsonNode> baseline = run -> !Controls.isControl(run)
                && Summaries.isBaseline(run)
                && List.of("model", "learningRate").stream()
                        .allMatch(field -> run.path(field).equals(first.path(field)));
        Sample accuracy = differences(method, baseline, Conclusions::accuracy);
        if (accuracy.n() == 0) {
            return Optional.empty();
        }
        double with = mean(method);
        double without = mean(baseline);
        return Optional.of(Format.text(
                "%s beside the baseline: accuracy %s, %.1f s %s with scoring (%.1f s, not %.1f s), n = %d.%n",
                name,
                points(accuracy),
                Math.abs(without - with),
                with < without ? "saved" : "lost",
                with,
                without,
                accuracy.n()));
    }

    private String againstTheControls(String name, String kind) {
        Predicate<JsonNode> method =
                run -> !Controls.isControl(run) && names.method(run).equals(name);
        Sample cost = differences(method, control(name, Controls.EQUAL_COST), Conclusions::accuracy);
        boolean chooses = !kind.equals(PolicyKind.RANDOM.label());
        Sample random = chooses ? differences(method, control(name, Controls.RANDOM), Conclusions::accuracy) : null;
        return Format.text(
                "%s beside its controls: equal cost %s%s: %s.%n",
                name,
                points(cost),
                random == null ? "" : ", random " + points(random),
                new AgainstControls(cost, random).words());
    }

    private Predicate<JsonNode> control(String method, String kind) {
        return run -> run.at("/control/kind").asText().equals(kind)
                && names.method(names.controlled(run)).equals(method);
    }

    private static String points(Sample differences) {
        if (differences.n() == 0) {
            return "unknown";
        }
        return Format.text("%+.2f points", POINTS * differences.mean())
                + (differences.hasInterval()
                        ? Format.text(" [%+.2f, %+.2f]", POINTS * differences.low(), POINTS * differences.high())
                        : "");
    }

    private Sample differences(Predicate<JsonNode> a, Predicate<JsonNode> b, ToDoubleFunction<JsonNode> figure) {
        return Sample.differences(bySeed(a, figure), bySeed(b, figure));
    }

    private Map<Long, Double> bySeed(Predicate<JsonNode> of, ToDoubleFunction<JsonNode> figure) {
        Map<Long, Double> figures = new TreeMap<>();
        runs.stream()
                .filter(of)
                .filter(run -> run.path("accuracy").isNumber())
                .forEach(run -> figures.put(run.path("seed").asLong(), figure.applyAsDouble(run)));
        return figures;
    }

    private double mean(Predicate<JsonNode> of) {
        return new Sample(List.copyOf(bySeed(of, Summaries::totalSeconds).values())).mean();
    }

    private static double accuracy(JsonNode run) {
        return run.path("accuracy").asDouble();
    }
}
