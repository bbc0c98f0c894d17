package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * A finished run beside its controls, as far as they are among the runs here: of the same data, model and seed. One seed shows no
 * difference between methods; the rows say what is compared.
 *
 * @param words what the rows show, or why there are none
 */
record BesideControls(List<Row> rows, String words) {
    private static final double POINTS = 100;

    /**
     * A control, as text.
     *
     * @param difference accuracy of the run minus that of the control, in points
     */
    record Row(String what, String id, String accuracy, String difference) {}

    /**
     * Returns nothing for a run that leaves nobody out, or is a control itself.
     *
     * @param run with its epochs
     * @param others the runs among which controls may be
     */
    static Optional<BesideControls> of(RunSheet run, Supplier<List<RunSheet>> others) {
        PolicyKind kind = run.firstPolicy().kind();
        if (kind == PolicyKind.BASELINE || kind == PolicyKind.RANDOM_LIKE || !run.firstPolicyKnown()) {
            return Optional.empty();
        }
        String noEvidence = run.noEvidence();
        if (!noEvidence.isEmpty()) {
            return Optional.of(new BesideControls(
                    List.of(),
                    "The run shows nothing about one policy (" + noEvidence + "), so no control is beside it."));
        }
        Double accuracy = run.accuracy();
        if (run.state() != RunSheet.State.COMPLETED || accuracy == null) {
            return Optional.of(new BesideControls(List.of(), "Controls are compared when the run is completed."));
        }
        List<RunSheet> all = others.get();
        List<Row> rows = new ArrayList<>();
        add(rows, "Baseline", accuracy, first(run, all, other -> isBaseline(run, other)));
        add(rows, "Everything at equal cost", accuracy, first(run, all, other -> isEqualCost(run, other)));
        if (kind != PolicyKind.RANDOM) {
            add(rows, "As many at random", accuracy, first(run, all, other -> isRandom(run, other)));
        }
        return Optional.of(new BesideControls(
                rows,
                rows.isEmpty()
                        ? "No run here is a control of this one. dietsb train --controls trains them."
                        : "Same data, model and seed. One seed does not show that a method is better than training less; a"
                                + " report over several does."));
    }

    private static void add(List<Row> rows, String what, double accuracy, Optional<RunSheet> control) {
        control.ifPresent(other -> rows.add(new Row(
                what,
                other.id(),
                Words.percent(other.accuracy()),
                String.format(Locale.ROOT, "%+.1f points", POINTS * (accuracy - value(other.accuracy()))))));
    }

    private static double value(@Nullable Double accuracy) {
        return accuracy == null ? Double.NaN : accuracy;
    }

    private static Optional<RunSheet> first(RunSheet run, List<RunSheet> all, Predicate<RunSheet> control) {
        return all.stream()
                .filter(other -> other.state() == RunSheet.State.COMPLETED
                        && other.accuracy() != null
                        && other.fingerprint().equals(run.fingerprint())
                        && other.model().equals(run.model())
                        && other.seed() == run.seed()
                        && other.scoring().isEmpty()
                        && other.noEvidence().isEmpty())
                .filter(control)
                .findFirst();
    }

    private static boolean isBaseline(RunSheet run, RunSheet other) {
        return other.firstPolicy().kind() == PolicyKind.BASELINE
                && other.epochs() == run.epochs()
                && other.batchSize() == run.batchSize();
    }

    /** A control of equal cost ends within the last of its epochs, of which there are as many as the run cost passes, rounded up. */
    private static boolean isEqualCost(RunSheet run, RunSheet other) {
        double passes =
                run.figures().stream().mapToDouble(RunSheet.Figures::passes).sum();
        return other.firstPolicy().kind() == PolicyKind.BASELINE
                && other.epochs() == (int) Math.ceil(passes - 1e-3)
                && other.batchSize() == equalSteps(run, passes)
                && !isBaseline(run, other);
    }

    /**
     * Returns the batch size with which so many passes take as many steps as the run: the examples that a step was made of, which are what
     * a batch kept on average if it shrank, else all of the batch, and their share of the selection passes.
     */
    private static int equalSteps(RunSheet run, double passes) {
        Policy policy = run.firstPolicy();
        boolean shrank = policy.kind().selects() && policy.batching() == Policy.Batching.SHRINK;
        double trained =
                run.figures().stream().mapToDouble(RunSheet.Figures::kept).sum();
        double kept = shrank ? trained / run.figures().size() / (1 - policy.prePruned()) : 1;
        return (int) Math.max(1, Math.round(kept * run.batchSize() * passes / trained));
    }

    private static boolean isRandom(RunSheet run, RunSheet other) {
        String of = other.firstPolicy().of();
        return other.firstPolicy().kind() == PolicyKind.RANDOM_LIKE
                && of != null
                && of.replaceFirst("@.*", "").equals(run.id());
    }
}
