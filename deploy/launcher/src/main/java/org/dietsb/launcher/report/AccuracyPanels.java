package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** Panels (a) and (b): accuracy over the share pruned, compared with the baseline and the baseline of equal cost. */
final class AccuracyPanels {
    private final Evidence evidence;

    AccuracyPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    Panel byLoss(Setting setting) {
        List<Cell> cells = cells(setting, cell -> cell.method() == Kind.SELECTIVE || cell.method() == Kind.RANDOM);
        return panel("Panel (a)", "Accuracy of SB and Random over the share pruned. ", setting, cells);
    }

    Panel byDiet(Setting setting) {
        List<Cell> cells = cells(setting, cell -> cell.method() != Kind.BASELINE && cell.method() != Kind.RANDOM);
        return panel(
                "Panel (b)",
                "Accuracy of EL2N, SB, Diet-SB, Diet-Random and static random pruning over the share pruned in all. ",
                setting,
                cells);
    }

    private List<Cell> cells(Setting setting, Predicate<Cell> of) {
        return evidence.cells(setting).stream().filter(of).toList();
    }

    private Panel panel(String heading, String what, Setting setting, List<Cell> cells) {
        Cell baseline = Cell.baseline(setting);
        List<String> notes = List.of(
                what + "Bars are a standard deviation over seeds to each side.",
                "The baseline at equal cost is the control: trained on all examples for as many passes as the method"
                        + " costs, with a fully decayed schedule. Training less beats a method below that line.");
        return new Panel(
                heading + ": " + setting,
                notes,
                List.of(byShare(baseline, cells), byCost(setting, cells)),
                List.of(),
                List.of(grid(setting, baseline, cells)));
    }

    private Chart byShare(Cell baseline, List<Cell> cells) {
        Map<String, List<Chart.Point>> lines = new LinkedHashMap<>();
        Map<String, List<Chart.Point>> controls = new LinkedHashMap<>();
        for (Cell cell : cells) {
            double pruned = 100 * evidence.sample(cell, Result::totalPruned).mean();
            lines.computeIfAbsent(cell.series(), none -> new ArrayList<>()).add(Chart.Point.of(pruned, accuracy(cell)));
            Sample control = control(cell);
            if (control.n() > 0) {
                controls.computeIfAbsent("baseline at cost of " + cell.series(), none -> new ArrayList<>())
                        .add(Chart.Point.of(pruned, control));
            }
        }
        List<Chart.Series> series = new ArrayList<>();
        lines.forEach((name, points) -> series.add(new Chart.Series(name, false, sorted(points))));
        // More than two dashed lines hide each other. The chart by cost shows all of them as one.
        if (controls.size() <= 2) {
            controls.forEach((name, points) -> series.add(new Chart.Series(name, true, sorted(points))));
        }
        Sample whole = evidence.sample(baseline, Result::accuracy);
        if (whole.n() > 0) {
            series.add(
                    new Chart.Series("baseline", true, List.of(Chart.Point.of(0, whole), Chart.Point.of(100, whole))));
        }
        return Chart.lines("By what is pruned", "% of all examples pruned", "accuracy", false, series);
    }

    private Chart byCost(Setting setting, List<Cell> cells) {
        Map<String, List<Chart.Point>> marks = new LinkedHashMap<>();
        Map<Double, Chart.Point> control = new TreeMap<>();
        control.put(1.0, Chart.Point.of(1, evidence.sample(Cell.baseline(setting), Result::accuracy)));
        for (Cell cell : cells) {
            double passes = evidence.passesPerEpoch(cell);
            marks.computeIfAbsent(cell.series(), none -> new ArrayList<>()).add(Chart.Point.of(passes, accuracy(cell)));
            Sample spent = control(cell);
            if (spent.n() > 0) {
                control.put(passes, Chart.Point.of(passes, spent));
            }
        }
        List<Chart.Series> series = new ArrayList<>();
        marks.forEach((name, points) -> series.add(new Chart.Series(name, false, sorted(points))));
        series.add(new Chart.Series("baseline at equal cost", true, List.copyOf(control.values())));
        return Chart.lines("By what it costs", "passes over the training set per epoch", "accuracy", false, series);
    }

    private static List<Chart.Point> sorted(List<Chart.Point> points) {
        return points.stream().sorted((a, b) -> Double.compare(a.x(), b.x())).toList();
    }

    private Grid grid(Setting setting, Cell baseline, List<Cell> cells) {
        Columns<Cell> columns = new Columns<Cell>()
                .add("method", Cell::series)
                .add("pruned (pre)", Cell::rates)
                .add("accuracy, mean ± sd", cell -> Words.mean(accuracy(cell), "%.4f"))
                .add(
                        "least - most",
                        cell -> Format.text(
                                "%.4f - %.4f",
                                accuracy(cell).least(), accuracy(cell).most()))
                .add("n", cell -> accuracy(cell).n())
                .add("minus baseline, points [95 %]", cell -> compared(cell, points(cell, baseline)))
                .add("passes per epoch (with scoring)", this::cost)
                .add("baseline at equal cost", cell -> compared(cell, Words.mean(control(cell), "%.4f")))
                .add("minus that, points [95 %]", cell -> compared(cell, points(cell, evidence.control(cell))));
        return Grid.of(
                "Accuracy, " + setting,
                columns,
                Stream.concat(Stream.of(baseline), cells.stream()).toList());
    }

    private Sample accuracy(Cell cell) {
        return evidence.sample(cell, Result::accuracy);
    }

    private Sample control(Cell cell) {
        return accuracy(evidence.control(cell));
    }

    private String points(Cell cell, Cell other) {
        return Words.points(evidence.differences(cell, other, Result::accuracy));
    }

    private static String compared(Cell cell, String figure) {
        return cell.method() == Kind.BASELINE ? "-" : figure;
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
