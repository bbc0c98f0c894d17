package org.dietsb.launcher.report;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Control;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.sample.AgainstControls;
import org.dietsb.launcher.sample.Sample;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;

/** Each method beside its controls: whether it is as good as the baseline, and whether it is better than training less. */
final class ControlPanel {
    /** Loss of accuracy, as a share, up to which a method counts as no worse. */
    static final double MARGIN = .01;

    private static final double WORTHWHILE = .3;

    private final Evidence evidence;

    ControlPanel(Evidence evidence) {
        this.evidence = evidence;
    }

    /** Shows which methods are no worse than the baseline, save enough time, and beat training less. */
    Panel of(Setting setting) {
        Cell baseline = Cell.baseline(setting);
        Columns<Cell> columns = new Columns<Cell>()
                .add("method", Cell::title)
                .add(
                        "left out",
                        cell -> Format.percent(
                                evidence.sample(cell, Result::totalPruned).mean()))
                .add("minus baseline, points [95 %]", cell -> Words.points(minus(cell, baseline)))
                .add("time saved", cell -> Format.text("%.0f %%", 100 * (1 - seconds(cell, baseline))))
                .add("minus equal cost, points [95 %]", cell -> Words.points(minus(cell, evidence.equalCost(cell))))
                .add(
                        "its batches",
                        cell -> String.valueOf(
                                evidence.equalCost(cell).control() instanceof Control.EqualCost equal
                                        ? equal.batchSize()
                                        : 0))
                .add(
                        "minus random, points [95 %]",
                        cell -> cell.chooses() ? Words.points(minus(cell, cell.randomLike())) : "is random")
                .add("n, seeds", cell -> seeds(cell, baseline))
                .add("beside its controls", cell -> evidence.againstControls(cell)
                        .words())
                .add("no worse than the baseline", cell -> isNoWorse(cell, baseline));
        List<Cell> methods = evidence.cells(setting).stream()
                .filter(cell -> cell.method() != PolicyKind.BASELINE)
                .toList();
        return Panel.of(
                "Beside the controls: " + setting,
                List.of(
                        "Each method has two controls of the same seeds. Equal cost: everything, for as many passes as the"
                                + " method costs, its selection passes included, in batches of the size with which these take as"
                                + " many steps as the method, the learning rate fully decayed over them. Random: as many examples"
                                + " of each epoch and batch as the method selected, drawn at random, unweighted."
                                + " It makes no selection passes.",
                        Format.text(
                                "Differences are paired by seed, with Student's 95 %% interval from three seeds on. A method is"
                                        + " better than training less if the intervals of both differences lie above 0. It is no"
                                        + " better if one lies below 0 or, with %d seeds or more, does not lie above it. Otherwise"
                                        + " that is not shown.",
                                AgainstControls.ENOUGH_SEEDS),
                        Format.text(
                                "No worse than the baseline: over %d seeds or more, the interval lies above -1 point, an epoch"
                                        + " takes at least %.0f %% less time, and the method is better than training less.",
                                AgainstControls.ENOUGH_SEEDS, 100 * WORTHWHILE)),
                Grid.of("Accuracy and time beside the controls, " + setting, columns, methods));
    }

    private Sample minus(Cell cell, Cell other) {
        return evidence.differences(cell, other, Result::accuracy);
    }

    private double seconds(Cell cell, Cell baseline) {
        return evidence.ratios(cell, baseline, Result::secondsPerEpoch).mean();
    }

    private String seeds(Cell cell, Cell baseline) {
        SortedSet<Long> both = new TreeSet<>(evidence.of(cell).keySet());
        both.retainAll(evidence.of(baseline).keySet());
        return Words.seeds(both);
    }

    private String isNoWorse(Cell cell, Cell baseline) {
        Sample lost = minus(cell, baseline);
        if (lost.n() < AgainstControls.ENOUGH_SEEDS) {
            return "not shown: fewer than " + AgainstControls.ENOUGH_SEEDS + " seeds";
        }
        if (lost.low() <= -MARGIN) {
            return lost.high() < -MARGIN ? "no: less accurate" : "not shown: the interval reaches below -1 point";
        }
        if (seconds(cell, baseline) > 1 - WORTHWHILE) {
            return "no: saves too little time";
        }
        return switch (evidence.againstControls(cell).standing()) {
            case BETTER -> "yes";
            case NO_BETTER -> "no: no better than training less";
            case NOT_SHOWN -> "not shown to be better than training less";
        };
    }
}
