package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.diet.ScoringCost;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * Two to six runs side by side.
 *
 * @param problem why there is nothing to show; empty if there is
 * @param warnings what makes the comparison unfair
 */
record CompareView(
        String problem,
        List<String> warnings,
        List<String> names,
        List<Link> runs,
        List<Chart> charts,
        List<Row> rows) {
    static final int MOST = 6;
    private static final double LEAST_OF_ACCURACY = .02;

    /** A run, its name on this page, and the style of its lines. */
    record Link(String name, String id, int style) {}

    /** A figure of each run. */
    record Row(String what, List<Cell> cells) {}

    /**
     * A figure of a run, as text.
     *
     * @param difference from that of the first run; empty for the first, and where there is none
     */
    record Cell(String value, String difference) {}

    static CompareView problem(String why) {
        return new CompareView(why, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** Compares runs, whole, with the first baseline among them, or else with the first. */
    static CompareView of(List<RunSheet> chosen, Function<RunSheet, Optional<ScoringCost>> scoring) {
        List<RunSheet> sheets = new ArrayList<>(chosen);
        sheets.stream().filter(CompareView::isBaseline).findFirst().ifPresent(baseline -> {
            sheets.remove(baseline);
            sheets.add(0, baseline);
        });
        List<Overlay.Named> runs = named(sheets);
        List<Overlay.Along> alongs = List.of(
                new Overlay.Along("epochs", epoch -> 1),
                new Overlay.Along("examples trained", RunSheet.Figures::backwardExamples),
                new Overlay.Along("seconds", RunSheet.Figures::seconds));
        List<Chart> charts = new ArrayList<>();
        Axis accuracy = Axis.around("share of the test set", Words::share, LEAST_OF_ACCURACY);
        Axis loss = Axis.around("nats per example", Words::number, 0);
        alongs.forEach(along -> charts.add(Overlay.of(
                "accuracy-" + charts.size(), "Accuracy", runs, along, accuracy, RunSheet.Figures::accuracy)));
        alongs.forEach(along -> charts.add(
                Overlay.of("loss-" + charts.size(), "Training loss", runs, along, loss, RunSheet.Figures::trainLoss)));
        List<Link> links = new ArrayList<>();
        runs.forEach(one -> links.add(new Link(one.name(), one.run().id(), links.size())));
        return new CompareView(
                "",
                warnings(sheets, scoring),
                runs.stream().map(Overlay.Named::name).toList(),
                links,
                charts,
                rows(sheets, scoring));
    }

    private static boolean isBaseline(RunSheet run) {
        return run.firstPolicy().kind() == PolicyKind.BASELINE
                && run.firstPolicyKnown()
                && run.placed().stream().allMatch(placed -> placed.policy().kind() == PolicyKind.BASELINE);
    }

    /** Names each run by its policy and, where that is not enough, by what else differs. */
    private static List<Overlay.Named> named(List<RunSheet> sheets) {
        Function<RunSheet, String> policy = Words::policy;
        List<Function<RunSheet, String>> parts =
                List.of(policy, RunSheet::model, run -> "seed " + run.seed(), run -> "batches of " + run.batchSize());
        Set<Integer> telling = new LinkedHashSet<>(List.of(0));
        for (int i = 1; i < parts.size(); i++) {
            if (sheets.stream().map(parts.get(i)).distinct().count() > 1) {
                telling.add(i);
            }
        }
        List<Overlay.Named> named = new ArrayList<>();
        for (RunSheet run : sheets) {
            String name = telling.stream().map(i -> parts.get(i).apply(run)).collect(Collectors.joining(", "));
            long before = named.stream().filter(one -> one.name().equals(name)).count();
            named.add(new Overlay.Named(before == 0 ? name : name + " (" + run.id() + ")", run));
        }
        return named;
    }

    private static List<String> warnings(List<RunSheet> runs, Function<RunSheet, Optional<ScoringCost>> scoring) {
        List<String> warnings = new ArrayList<>();
        differ(
                runs,
                RunSheet::fingerprint,
                "The runs trained on different data: their accuracies do not compare.",
                warnings);
        differ(runs, RunSheet::epochs, "The runs are of different length.", warnings);
        differ(runs, RunSheet::model, "The runs trained different models.", warnings);
        differ(runs, RunSheet::seed, "The runs have different seeds, which alone moves accuracy.", warnings);
        runs.stream()
                .filter(run -> !Words.course(run).isEmpty())
                .forEach(run -> warnings.add("Run " + run.id() + " shows nothing about any one policy, it had several: "
                        + Words.course(run) + "."));
        runs.stream()
                .filter(run -> !run.lateMasks().isEmpty())
                .forEach(run -> warnings.add("Run " + run.id() + " shows nothing about its policy: " + run.lateMasks()
                        + ", so that their batches were not trained by it."));
        if (runs.stream().anyMatch(run -> scoring.apply(run).isEmpty())) {
            warnings.add("What the scoring of a diet took is not known: its score set is not stored here.");
        }
        if (runs.stream().anyMatch(RunSheet::isLive)) {
            warnings.add("Not every run is over.");
        }
        return warnings;
    }

    private static void differ(List<RunSheet> runs, Function<RunSheet, ?> of, String words, List<String> warnings) {
        if (runs.stream().map(of).distinct().count() > 1) {
            warnings.add(words);
        }
    }

    private static List<Row> rows(List<RunSheet> runs, Function<RunSheet, Optional<ScoringCost>> scoring) {
        List<Row> rows = new ArrayList<>(List.of(
                new Row(
                        "State",
                        runs.stream()
                                .map(run -> new Cell(Label.of(run.state()), ""))
                                .toList()),
                figure(
                        runs,
                        "Accuracy",
                        RunSheet::accuracy,
                        Words::percent,
                        by -> String.format(Locale.ROOT, "%+.1f points", 100 * by)),
                figure(runs, "Epochs", run -> (double) run.figures().size(), Words::number, CompareView::signed),
                sum(runs, "Examples trained, without scoring", RunSheet.Figures::backwardExamples, Words::number),
                withScoring(
                        runs,
                        "Examples trained, with scoring",
                        RunSheet.Figures::backwardExamples,
                        scoring,
                        ScoringCost::examplesTrained,
                        Words::number),
                sum(runs, "Examples passed for selection", RunSheet.Figures::selectionExamples, Words::number),
                sum(runs, "Passes over the training set", RunSheet.Figures::passes, Words::number),
                sum(runs, "Time, without scoring", RunSheet.Figures::seconds, Words::seconds),
                withScoring(
                        runs,
                        "Time, with scoring",
                        RunSheet.Figures::seconds,
                        scoring,
                        ScoringCost::seconds,
                        Words::seconds),
                sum(runs, "Seconds waiting for masks", RunSheet.Figures::maskWait, Words::seconds)));
        // The same figures twice say nothing.
        if (runs.stream().allMatch(run -> scoring.apply(run)
                .filter(cost -> cost.examplesTrained() == 0)
                .isPresent())) {
            rows.removeIf(row -> row.what().endsWith(", with scoring"));
        }
        return List.copyOf(rows);
    }

    private static Row withScoring(
            List<RunSheet> runs,
            String what,
            ToDoubleFunction<RunSheet.Figures> of,
            Function<RunSheet, Optional<ScoringCost>> scoring,
            ToDoubleFunction<ScoringCost> ofScoring,
            Function<Double, String> format) {
        return figure(
                runs,
                what,
                run -> scoring.apply(run)
                        .map(cost -> ofScoring.applyAsDouble(cost)
                                + run.figures().stream().mapToDouble(of).sum())
                        .orElse(null),
                format,
                by -> (by > 0 ? "+" : "") + format.apply(by));
    }

    private static Row sum(
            List<RunSheet> runs, String what, ToDoubleFunction<RunSheet.Figures> of, Function<Double, String> format) {
        return figure(
                runs,
                what,
                run -> run.figures().stream().mapToDouble(of).sum(),
                format,
                by -> (by > 0 ? "+" : "") + format.apply(by));
    }

    private static Row figure(
            List<RunSheet> runs,
            String what,
            Function<RunSheet, @Nullable Double> of,
            Function<Double, String> format,
            Function<Double, String> difference) {
        Double first = of.apply(runs.get(0));
        List<Cell> cells = new ArrayList<>();
        for (RunSheet run : runs) {
            Double value = of.apply(run);
            boolean differs = first != null && value != null && !cells.isEmpty();
            cells.add(new Cell(
                    value == null ? Words.UNKNOWN : format.apply(value),
                    differs ? difference.apply(Objects.requireNonNull(value) - Objects.requireNonNull(first)) : ""));
        }
        return new Row(what, cells);
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + Words.number(value);
    }
}
