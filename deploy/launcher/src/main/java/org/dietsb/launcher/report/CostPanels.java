package org.dietsb.launcher.report;

import org.dietsb.launcher.text.Format;


import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Method;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.experiment.Variation;

/** Table 1, break-even, and the methods that are no worse than the baseline. */
final class CostPanels {
    /** Loss of accuracy, as a share, up to which a method counts as no worse. */
    static final double MARGIN = .01;

    private static final double WORTHWHILE = .3;
    private static final int ENOUGH_SEEDS = 5;

    private final Evidence evidence;

    CostPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    /** A row of the poster's Table 1, with the seconds per epoch on its machine. */
    record PosterRow(Method method, double pruned, double prePruned, double seconds) {
        private static final double EXAMPLES = 50_000;

        double ofBaseline() {
            return seconds / POSTER.get(0).seconds;
        }

        Cell cell(Setting setting) {
            return new Cell(setting, method, pruned, prePruned, Variation.PLAIN, null);
        }

        TimeFit.Point point() {
            return new TimeFit.Point(
                    seconds, EXAMPLES * (1 - pruned), method.byLoss() ? EXAMPLES * (1 - prePruned) : 0);
        }
    }

    static final List<PosterRow> POSTER = List.of(
            new PosterRow(Method.BASELINE, 0, 0, 45.77),
            new PosterRow(Method.SELECTIVE, .5, 0, 43.37),
            new PosterRow(Method.RANDOM, .5, 0, 27.19),
            new PosterRow(Method.RANDOM, .75, 0, 18.83),
            new PosterRow(Method.DIET, .25, .25, 35.97),
            new PosterRow(Method.DIET_SELECTIVE, .5, .25, 37.86),
            new PosterRow(Method.DIET_SELECTIVE, .625, .25, 32.66));

    Panel table1(Setting setting) {
        Cell baseline = Cell.baseline(setting);
        List<List<String>> rows = POSTER.stream()
                .map(row -> row(row, row.cell(setting), baseline))
                .toList();
        List<TimeFit.Point> points = evidence.cells(setting).stream()
                .flatMap(cell -> evidence.of(cell).values().stream())
                .map(result -> new TimeFit.Point(
                        result.secondsPerEpoch(), result.trainedPerEpoch(), result.selectionPerEpoch()))
                .toList();
        List<List<String>> fits = List.of(
                fit("here", TimeFit.of(points)),
                fit(
                        "the poster's table",
                        TimeFit.of(POSTER.stream().map(PosterRow::point).toList())));
        return Panel.of(
                "Table 1: " + setting,
                List.of(
                        "Seconds per epoch: median of the epochs from the second on, of selection, mask wait, gathering and"
                                + " steps, without evaluation and scoring. Ratios are to the baseline of the same seed.",
                        "The limit is the cost of floating-point operations alone, forward 1 and backward 2. The poster does"
                                + " not state the network of its table, which was measured on another machine.",
                        "The fit is by least squares: seconds = fixed + a x examples trained + b x examples passed for"
                                + " selection (scaled-down images count by area)."),
                new Grid(
                                "Seconds per epoch, " + setting,
                                List.of(
                                        "method",
                                        "pruned (pre)",
                                        "pruned, measured",
                                        "s/epoch, mean ± sd",
                                        "n",
                                        "of baseline, mean ± sd",
                                        "poster",
                                        "limit",
                                        "accuracy, mean ± sd"),
                                rows),
                        new Grid(
                                "Components of the seconds per epoch",
                                List.of("fit", "fixed, s", "ms per trained example", "ms per selection example", "R²", "n"),
                                fits));
    }

    private List<String> row(PosterRow row, Cell cell, Cell baseline) {
        Sample seconds = evidence.sample(cell, Result::secondsPerEpoch);
        boolean run = seconds.n() > 0;
        return List.of(
                cell.series(),
                cell.rates(),
                run
                        ? Format.text(
                                "%.1f %%",
                                100 * evidence.sample(cell, Result::totalPruned).mean())
                        : "not run",
                Words.mean(seconds, "%.2f"),
                String.valueOf(seconds.n()),
                run ? Words.mean(evidence.ratios(cell, baseline, Result::secondsPerEpoch), "%.3f") : "-",
                Format.text("%.3f", row.ofBaseline()),
                Format.text("%.3f", cell.passesPerEpoch().orElse(Double.NaN)),
                Words.mean(evidence.sample(cell, Result::accuracy), "%.4f"));
    }

    private static List<String> fit(String name, Optional<TimeFit> fit) {
        return fit.map(found -> List.of(
                        name,
                        Format.text("%.2f", found.fixedSeconds()),
                        Format.text("%.3f", 1e3 * found.secondsPerTrained()),
                        Format.text("%.3f", 1e3 * found.secondsPerSelection()),
                        Format.text("%.3f", found.r2()),
                        String.valueOf(found.n())))
                .orElse(List.of(name, "too few runs", "-", "-", "-", "-"));
    }

    Panel breakEven(Setting setting) {
        List<List<String>> rows = new ArrayList<>();
        for (Cell cell : evidence.cells(setting)) {
            if (cell.needsScores()) {
                rows.add(breakEven(cell, Cell.baseline(setting)));
                double keep = cell.keep();
                Method without =
                        switch (cell.method()) {
                            case DIET_SELECTIVE -> Method.SELECTIVE;
                            case DIET_RANDOM -> Method.RANDOM;
                            default -> Method.BASELINE;
                        };
                if (keep < 1) {
                    evidence.plain(setting, without, cell.pruned(), 0)
                            .ifPresent(other -> rows.add(breakEven(cell, other)));
                }
            }
        }
        Experiment experiment = evidence.experiment();
        return Panel.of(
                "Break-even: " + setting,
                List.of(
                        "Number of runs after which a score set has paid off: its cost divided by the saving of a run with the"
                                + " diet. Seconds of runs are those of training; seconds of scoring are those of its models.",
                        experiment.hasScores()
                                ? Format.text(
                                        "Here a score set is %s x %s, %.2f passes over the training set. That of the paper, 10"
                                                + " x 20 epochs, pays off after %.2f runs of 200 epochs with a quarter pruned.",
                                        Format.count(experiment.scoringMembers(), "model"),
                                        Format.count(experiment.scoringEpochs(), "epoch"),
                                        experiment.scoringPasses(),
                                        runsUntilPaid(10 * (20 + 1 / 3.0), 200, 200 * .75))
                                : "The experiment has no scores."),
                new Grid(
                        "Runs until a score set has paid off, " + setting,
                        List.of(
                                "diet",
                                "instead of",
                                "runs, by passes",
                                "runs, by seconds (95 %)",
                                "seconds saved per run, mean ± sd",
                                "scoring s",
                                "n",
                                "control: accuracy lost, points [95 %]"),
                        rows));
    }

    /** Returns the number of runs after which a scoring has paid off; infinity if nothing is saved. */
    static double runsUntilPaid(double scoring, double without, double with) {
        return without > with ? scoring / (without - with) : Double.POSITIVE_INFINITY;
    }

    private List<String> breakEven(Cell cell, Cell other) {
        Sample saved = evidence.differences(other, cell, Result::seconds);
        double scoring = evidence.of(cell).values().stream()
                .flatMap(result -> evidence.scores(result.run().scoring()).stream())
                .mapToDouble(set -> set.scores().seconds())
                .average()
                .orElse(Double.NaN);
        int epochs = cell.setting().epochs();
        return List.of(
                cell.title(),
                other.title(),
                runs(runsUntilPaid(
                        evidence.experiment().scoringPasses(),
                        epochs * evidence.passesPerEpoch(other),
                        epochs * evidence.passesPerEpoch(cell))),
                runs(runsUntilPaid(scoring, saved.mean(), 0))
                        + (saved.n() < 2
                                ? ""
                                : " (" + runs(runsUntilPaid(scoring, saved.high(), 0)) + " to "
                                        + runs(runsUntilPaid(scoring, saved.low(), 0)) + ")"),
                Words.mean(saved, "%.1f"),
                Format.text("%.1f", scoring),
                String.valueOf(saved.n()),
                Words.points(evidence.differences(cell, other, Result::accuracy)));
    }

    private static String runs(double runs) {
        return Double.isInfinite(runs) ? "never" : Format.text("%.1f", runs);
    }

    /** Shows which methods are no worse than the baseline, save enough time, and beat training less. */
    Panel noWorse(Setting setting) {
        Cell baseline = Cell.baseline(setting);
        List<List<String>> rows = new ArrayList<>();
        for (Cell cell : evidence.cells(setting)) {
            if (cell.method() == Method.BASELINE) {
                continue;
            }
            Sample lost = evidence.differences(cell, baseline, Result::accuracy);
            Sample ratio = evidence.ratios(cell, baseline, Result::secondsPerEpoch);
            Sample beyond = evidence.differences(cell, evidence.control(cell), Result::accuracy);
            rows.add(List.of(
                    cell.title(),
                    Words.points(lost),
                    Format.text("%.0f %%", 100 * (1 - ratio.mean())),
                    Words.points(beyond),
                    String.valueOf(lost.n()),
                    isNoWorse(lost, ratio, beyond)));
        }
        return Panel.of(
                "No worse than the baseline: " + setting,
                List.of(Format.text(
                        "A method counts as no worse if, over %d or more seeds, the 95 %% interval of its accuracy minus that of"
                                + " the baseline lies above -1 point, an epoch takes at least %.0f %% less time, and its mean"
                                + " accuracy lies above that of the baseline at equal cost.",
                        ENOUGH_SEEDS, 100 * WORTHWHILE)),
                new Grid(
                        "Accuracy and time against the baseline, " + setting,
                        List.of(
                                "method",
                                "minus baseline, points [95 %]",
                                "time saved",
                                "minus equal cost, points [95 %]",
                                "n",
                                "no worse"),
                        rows));
    }

    private static String isNoWorse(Sample lost, Sample ratio, Sample beyond) {
        if (lost.n() < ENOUGH_SEEDS) {
            return "cannot tell: fewer than " + ENOUGH_SEEDS + " seeds";
        }
        if (lost.low() <= -MARGIN) {
            return lost.high() < -MARGIN ? "no: less accurate" : "cannot tell: the interval reaches below -1 point";
        }
        if (ratio.mean() > 1 - WORTHWHILE) {
            return "no: saves too little time";
        }
        return beyond.n() > 0 && beyond.mean() > 0 ? "yes" : "no: training less is as good";
    }
}
