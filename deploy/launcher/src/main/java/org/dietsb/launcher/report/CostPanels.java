package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.experiment.Variation;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** Table 1 and break-even. */
final class CostPanels {
    /** Share of the variance below which a fit explains too little to be shown. */
    private static final double LEAST_R2 = .5;

    private final Evidence evidence;

    CostPanels(Evidence evidence) {
        this.evidence = evidence;
    }

    /** A row of the poster's Table 1, with the seconds per epoch on its machine. */
    record PosterRow(PolicyKind method, double pruned, double prePruned, double seconds) {
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
            new PosterRow(PolicyKind.BASELINE, 0, 0, 45.77),
            new PosterRow(PolicyKind.SELECTIVE, .5, 0, 43.37),
            new PosterRow(PolicyKind.RANDOM, .5, 0, 27.19),
            new PosterRow(PolicyKind.RANDOM, .75, 0, 18.83),
            new PosterRow(PolicyKind.DIET, .25, .25, 35.97),
            new PosterRow(PolicyKind.DIET_SELECTIVE, .5, .25, 37.86),
            new PosterRow(PolicyKind.DIET_SELECTIVE, .625, .25, 32.66));

    Panel table1(Setting setting) {
        Cell baseline = Cell.baseline(setting);
        List<TimeFit.Point> points = evidence.cells(setting).stream()
                .flatMap(cell -> evidence.of(cell).values().stream())
                .map(result -> new TimeFit.Point(
                        result.secondsPerEpoch(), result.trainedPerEpoch(), result.selectionPerEpoch()))
                .toList();
        List<TimeFit.Point> poster = POSTER.stream().map(PosterRow::point).toList();
        Columns<PosterRow> columns = new Columns<PosterRow>()
                .add("method", row -> row.cell(setting).series())
                .add("pruned (pre)", row -> row.cell(setting).rates())
                .add("pruned, measured", row -> pruned(row.cell(setting)))
                .add("s/epoch, mean ± sd", row -> Words.mean(seconds(row.cell(setting)), "%.2f"))
                .add("n", row -> seconds(row.cell(setting)).n())
                .add("of baseline, mean ± sd", row -> Words.mean(ratios(row.cell(setting), baseline), "%.3f"))
                .add("poster", row -> Format.text("%.3f", row.ofBaseline()))
                .add(
                        "limit",
                        row -> Format.text(
                                "%.3f", row.cell(setting).passesPerEpoch().orElse(Double.NaN)))
                .add("accuracy, mean ± sd", row -> accuracy(row.cell(setting)));
        Columns<Fit> fits = new Columns<Fit>()
                .add("fit", Fit::name)
                .add("fixed, s", fit -> fit.figure(fit.none(), "%.2f", TimeFit::fixedSeconds))
                .add("ms per trained example", fit -> fit.figure("-", "%.3f", one -> 1e3 * one.secondsPerTrained()))
                .add("ms per selection example", fit -> fit.figure("-", "%.3f", one -> 1e3 * one.secondsPerSelection()))
                .add("R²", fit -> fit.quality("%.3f", TimeFit::r2))
                .add("n", fit -> fit.quality("%.0f", TimeFit::n));
        return Panel.of(
                "Table 1: " + setting,
                List.of(
                        "Seconds per epoch: median of the epochs from the second on, of selection, mask wait,"
                                + " gathering and steps, without evaluation and scoring. Ratios are to the baseline of the"
                                + " same seed.",
                        "The limit is the cost of floating-point operations alone, forward 1 and backward 2. The"
                                + " poster does not state the network of its table, which was measured on another"
                                + " machine.",
                        "The fit is by least squares: seconds = fixed + a x examples trained + b x examples passed for"
                                + " selection (scaled-down images count by area). A fit that explains less than half of the"
                                + " variance, R² below .5, is no fit."),
                Grid.of("Seconds per epoch, " + setting, columns, POSTER),
                Grid.of(
                        "Components of the seconds per epoch",
                        fits,
                        List.of(
                                new Fit("here", TimeFit.of(points)),
                                new Fit("the poster's table", TimeFit.of(poster)))));
    }

    private record Fit(String name, Optional<TimeFit> fit) {
        String none() {
            return fit.isPresent() ? "no fit" : "too few runs";
        }

        String figure(String otherwise, String format, ToDoubleFunction<TimeFit> figure) {
            return fit.filter(found -> found.r2() >= LEAST_R2)
                    .map(found -> Format.text(format, figure.applyAsDouble(found)))
                    .orElse(otherwise);
        }

        String quality(String format, ToDoubleFunction<TimeFit> figure) {
            return fit.map(found -> Format.text(format, figure.applyAsDouble(found)))
                    .orElse("-");
        }
    }

    private Sample seconds(Cell cell) {
        return evidence.sample(cell, Result::secondsPerEpoch);
    }

    private Sample ratios(Cell cell, Cell baseline) {
        return evidence.ratios(cell, baseline, Result::secondsPerEpoch);
    }

    private String accuracy(Cell cell) {
        return Words.mean(evidence.sample(cell, Result::accuracy), "%.4f");
    }

    private String pruned(Cell cell) {
        Sample pruned = evidence.sample(cell, Result::totalPruned);
        return pruned.n() == 0 ? "not run" : Format.percent(pruned.mean());
    }

    Panel breakEven(Setting setting) {
        List<Saving> savings = new ArrayList<>();
        for (Cell cell : evidence.cells(setting)) {
            if (cell.needsScores()) {
                savings.add(saving(cell, Cell.baseline(setting)));
                PolicyKind without =
                        switch (cell.method()) {
                            case DIET_SELECTIVE -> PolicyKind.SELECTIVE;
                            case DIET_RANDOM -> PolicyKind.RANDOM;
                            default -> PolicyKind.BASELINE;
                        };
                if (cell.keep() < 1) {
                    evidence.plain(setting, without, cell.pruned(), 0)
                            .ifPresent(other -> savings.add(saving(cell, other)));
                }
            }
        }
        Columns<Saving> columns = new Columns<Saving>()
                .add("diet", saving -> saving.cell.title())
                .add("instead of", saving -> saving.other.title())
                .add("runs, by passes", saving -> runs(runsByPasses(saving)))
                .add("runs, by seconds (95 %)", Saving::runsBySeconds)
                .add("seconds saved per run, mean ± sd", saving -> Words.mean(saving.saved, "%.1f"))
                .add("scoring s", saving -> Format.text("%.1f", saving.scoring))
                .add("n", saving -> saving.saved.n())
                .add("control: accuracy lost, points [95 %]", saving -> points(saving.cell, saving.other));
        Experiment experiment = evidence.experiment();
        return Panel.of(
                "Break-even: " + setting,
                List.of(
                        "Number of runs after which a score set has paid off: its cost divided by the saving of a run"
                                + " with the diet. Seconds of runs are those of training; seconds of scoring are those of"
                                + " its models.",
                        experiment.hasScores()
                                ? Format.text(
                                        "Here a score set is %s x %s, %.2f passes over the training set. That of the"
                                                + " paper, 10 x 20 epochs, pays off after %.2f runs of 200 epochs with a"
                                                + " quarter pruned.",
                                        Format.count(experiment.scoringMembers(), "model"),
                                        Format.count(experiment.scoringEpochs(), "epoch"),
                                        experiment.scoringPasses(),
                                        runsUntilPaid(10 * (20 + 1 / 3.0), 200, 200 * .75))
                                : "The experiment has no scores."),
                Grid.of("Runs until a score set has paid off, " + setting, columns, savings));
    }

    private String points(Cell cell, Cell other) {
        return Words.points(evidence.differences(cell, other, Result::accuracy));
    }

    /** Returns the number of runs after which a scoring has paid off; infinity if nothing is saved. */
    static double runsUntilPaid(double scoring, double without, double with) {
        return without > with ? scoring / (without - with) : Double.POSITIVE_INFINITY;
    }

    /** The seconds that a diet saves per run compared with another cell, and the seconds of its scoring. */
    private record Saving(Cell cell, Cell other, Sample saved, double scoring) {
        String runsBySeconds() {
            return runs(scoring, saved.mean())
                    + (saved.n() < 2
                            ? ""
                            : " (" + runs(scoring, saved.high()) + " to " + runs(scoring, saved.low()) + ")");
        }

        private static String runs(double scoring, double saved) {
            return CostPanels.runs(runsUntilPaid(scoring, saved, 0));
        }
    }

    private Saving saving(Cell cell, Cell other) {
        double scoring = evidence.of(cell).values().stream()
                .flatMap(result -> evidence.scores(result.run().scoring()).stream())
                .mapToDouble(set -> set.scores().seconds())
                .average()
                .orElse(Double.NaN);
        return new Saving(cell, other, evidence.differences(other, cell, Result::seconds), scoring);
    }

    private double runsByPasses(Saving saving) {
        int epochs = saving.cell.setting().epochs();
        return runsUntilPaid(
                evidence.experiment().scoringPasses(),
                epochs * evidence.passesPerEpoch(saving.other),
                epochs * evidence.passesPerEpoch(saving.cell));
    }

    private static String runs(double runs) {
        return Double.isInfinite(runs) ? "never" : Format.text("%.1f", runs);
    }
}
