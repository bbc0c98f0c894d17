package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.report.Chart.Role;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** Panels (a) and (b): accuracy over the share pruned and over cost, beside the baseline and the controls of each method. */
final class AccuracyPanels {
    private final Evidence evidence;

    AccuracyPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    Panel byLoss(Setting setting) {
        List<Cell> cells =
                cells(setting, cell -> cell.method() == PolicyKind.SELECTIVE || cell.method() == PolicyKind.RANDOM);
        return panel("Panel (a)", "Accuracy of selective and random over the share pruned. ", setting, cells);
    }

    Panel byDiet(Setting setting) {
        List<Cell> cells =
                cells(setting, cell -> cell.method() != PolicyKind.BASELINE && cell.method() != PolicyKind.RANDOM);
        return panel("Panel (b)", "Accuracy of all methods but random over the share pruned in all. ", setting, cells);
    }

    private List<Cell> cells(Setting setting, Predicate<Cell> of) {
        return evidence.cells(setting).stream().filter(of).toList();
    }

    private Panel panel(String heading, String what, Setting setting, List<Cell> cells) {
        List<String> notes = List.of(
                what + "Bars are 95 % intervals of the mean over three or more seeds.",
                "Controls of a method have its colour. Dashed: everything, at equal cost, in as many steps as the method,"
                        + " with a fully decayed learning rate. Dotted: as many examples of each epoch and batch, at random.",
                "Marks of controls stand beside those of their method.");
        return new Panel(
                heading + ": " + setting,
                notes,
                List.of(
                        chart("By what is pruned", "% of all examples pruned", setting, cells, this::pruned),
                        chart(
                                "By what it costs",
                                "passes over the training set per epoch",
                                setting,
                                cells,
                                evidence::passesPerEpoch)),
                List.of(),
                List.of(grid(setting, cells)));
    }

    private double pruned(Cell cell) {
        return 100 * evidence.sample(cell, Result::totalPruned).mean();
    }

    private Chart chart(String title, String across, Setting setting, List<Cell> cells, ToDoubleFunction<Cell> x) {
        Lines lines = new Lines();
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (Cell cell : cells) {
            double at = x.applyAsDouble(cell);
            least = Math.min(least, at);
            most = Math.max(most, at);
            PolicyKind kind = cell.method();
            lines.add(cell.series(), Role.METHOD, kind, at, accuracy(cell));
            lines.add(cell.series() + ": equal cost", Role.EQUAL_COST, kind, at, accuracy(evidence.equalCost(cell)));
            if (cell.chooses()) {
                lines.add(cell.series() + ": random", Role.RANDOM, kind, at, accuracy(cell.randomLike()));
            }
        }
        List<Chart.Series> series = lines.series();
        Sample whole = accuracy(Cell.baseline(setting));
        if (whole.n() > 0 && !cells.isEmpty()) {
            series.add(Chart.Series.reference(
                    "baseline", List.of(Chart.Point.of(least, whole), Chart.Point.of(most, whole))));
        }
        return Chart.lines(title, across, "accuracy", false, series);
    }

    /** Points of the series of a chart, by name. */
    private static final class Lines {
        private final Map<String, Chart.Series> byName = new LinkedHashMap<>();

        void add(String name, Role role, PolicyKind kind, double x, Sample accuracy) {
            if (accuracy.n() > 0) {
                byName.merge(
                        name,
                        new Chart.Series(name, role, kind, List.of(Chart.Point.of(x, accuracy))),
                        (before, one) -> new Chart.Series(
                                name,
                                role,
                                kind,
                                Stream.concat(before.points().stream(), one.points().stream())
                                        .sorted((a, b) -> Double.compare(a.x(), b.x()))
                                        .toList()));
            }
        }

        List<Chart.Series> series() {
            return new ArrayList<>(byName.values());
        }
    }

    private Grid grid(Setting setting, List<Cell> cells) {
        Cell baseline = Cell.baseline(setting);
        Columns<Cell> columns = new Columns<Cell>()
                .add("method", Cell::series)
                .add("pruned (pre)", Cell::rates)
                .add("accuracy [95 %]", cell -> Words.interval(accuracy(cell), "%.4f"))
                .add(
                        "least - most",
                        cell -> Format.text(
                                "%.4f - %.4f",
                                accuracy(cell).least(), accuracy(cell).most()))
                .add("seeds", cell -> seeds(cell))
                .add("minus baseline, points [95 %]", cell -> compared(cell, points(cell, baseline)))
                .add("passes per epoch (with scoring)", this::cost)
                .add("equal cost", cell -> compared(cell, Words.within(accuracy(evidence.equalCost(cell)), "%.4f")))
                .add("minus equal cost, points [95 %]", cell -> compared(cell, points(cell, evidence.equalCost(cell))))
                .add("minus random, points [95 %]", cell -> cell.chooses() ? points(cell, cell.randomLike()) : "-")
                .add(
                        "stands",
                        cell -> compared(cell, evidence.againstControls(cell).words()));
        return Grid.of(
                "Accuracy, " + setting,
                columns,
                Stream.concat(Stream.of(baseline), cells.stream()).toList());
    }

    private String seeds(Cell cell) {
        return Words.seeds(evidence.of(cell).keySet());
    }

    private Sample accuracy(Cell cell) {
        return evidence.sample(cell, Result::accuracy);
    }

    private String points(Cell cell, Cell other) {
        return Words.points(evidence.differences(cell, other, Result::accuracy));
    }

    private static String compared(Cell cell, String figure) {
        return cell.method() == PolicyKind.BASELINE ? "-" : figure;
    }

    private String cost(Cell cell) {
        double passes = evidence.passesPerEpoch(cell);
        double scoring = cell.needsScores() ? evidence.experiment().scoringPasses() : 0;
        return Format.text("%.3f", passes)
                + (scoring == 0
                        ? ""
                        : Format.text(
                                " (%.3f)", passes + scoring / cell.setting().epochs()));
    }
}
