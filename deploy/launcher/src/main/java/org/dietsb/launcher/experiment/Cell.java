package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.jspecify.annotations.Nullable;

/**
 * A method at one prune rate, for all seeds.
 *
 * @param pruned share of all examples not trained in an epoch, including those of the diet, in [0, 1); for infobatch and repb
 *     the share left out of the examples below the mean loss
 * @param prePruned share of all examples that the diet drops, in [0, 1)
 * @param control what it is the control of; null = it is a method of the experiment
 */
public record Cell(
        Setting setting,
        PolicyKind method,
        double pruned,
        double prePruned,
        Variation variation,
        @Nullable Control control) {
    private static final double THOUSANDTHS = 1_000;

    public static Cell baseline(Setting setting) {
        return new Cell(setting, PolicyKind.BASELINE, 0, 0, Variation.PLAIN, null);
    }

    /**
     * Returns the control of equal cost.
     *
     * @param passesPerEpoch cost of this cell in passes over the training set
     * @param batchSize of the experiment
     */
    public Cell equalCost(double passesPerEpoch, int batchSize) {
        double passes = Math.rint(passesPerEpoch * setting.epochs() * THOUSANDTHS) / THOUSANDTHS;
        return new Cell(
                setting,
                PolicyKind.BASELINE,
                0,
                0,
                Variation.PLAIN,
                new Control.EqualCost(passes, equalSteps(passesPerEpoch, batchSize)));
    }

    /**
     * Returns the batch size with which so many passes take as many steps as this cell does: the number of examples that a step of it is
     * made of, where it prunes, and its share of the selection passes.
     */
    private int equalSteps(double passesPerEpoch, int batchSize) {
        boolean shrinks = method.selects() && variation.batching().equals(Variation.PLAIN.batching());
        double step = shrinks ? keep() * batchSize : batchSize;
        return Math.max(1, (int) Math.floor(step * passesPerEpoch / (passesPerEpoch - selection()) + .5 + 1e-9));
    }

    /** Whether a choice at random of as many examples differs from this cell. */
    public boolean chooses() {
        return method != PolicyKind.BASELINE && method != PolicyKind.RANDOM && control == null;
    }

    /** Returns the control that chooses as many examples at random. */
    public Cell randomLike() {
        return new Cell(
                setting,
                PolicyKind.RANDOM_LIKE,
                pruned,
                prePruned,
                Variation.PLAIN.batched(variation.batching()),
                new Control.RandomLike(this));
    }

    /** Whether this is a control rather than a method of the experiment. */
    public boolean isControl() {
        return control != null;
    }

    /** Returns the budget in passes over the training set; null = all epochs. */
    public @Nullable Double passes() {
        return control instanceof Control.EqualCost equal ? (Double) equal.passes() : null;
    }

    /** Returns the share of a batch, after the diet, that gets a gradient; for infobatch and repb their parameter. */
    public double keep() {
        return method.byEpoch() ? 1 - pruned : (1 - pruned) / (1 - prePruned);
    }

    /**
     * Returns the expected passes over the training set per epoch. A selection pass counts a third of a trained pass, which is
     * forward 1 and backward 2. Empty if only the runs can tell.
     */
    public OptionalDouble passesPerEpoch() {
        if (control instanceof Control.RandomLike like) {
            OptionalDouble known = like.of().passesPerEpoch();
            return known.isEmpty() ? known : OptionalDouble.of(like.of().trained());
        }
        if (method.byTrainedLosses() && !method.keepsOfAll()) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(trained() + selection());
    }

    /** Returns the cost of selection passes per epoch, in trained passes over the training set. */
    private double selection() {
        return method.byLoss() ? (1 - whole()) * (1 - prePruned) * variation.selectionCost() / 3 : 0;
    }

    /** Returns the share of epochs that are trained whole for the scores of the diet. */
    private double whole() {
        return (double) variation.ownEpochs() / setting.epochs();
    }

    /** Returns the share of all examples that gets a gradient, mean of the epochs. */
    private double trained() {
        return whole() + (1 - whole()) * (1 - prePruned) * keep();
    }

    /** Returns the cell whose runs a replay or a random-like uses; null for other methods. */
    @Nullable
    Cell replayed() {
        if (control instanceof Control.RandomLike like) {
            return like.of();
        }
        String model = variation.masksOf() == null ? setting.model() : variation.masksOf();
        return method == PolicyKind.REPLAY
                ? new Cell(setting.with(model), PolicyKind.SELECTIVE, pruned, 0, Variation.PLAIN, null)
                : null;
    }

    /** Whether it uses the scores of an ensemble, or their classes. */
    public boolean needsScores() {
        return usesScores() && variation.ownEpochs() == 0;
    }

    private boolean usesScores() {
        return method == PolicyKind.RCAP || (method.hasDiet() && !(variation.isDrawn() && !variation.balanced()));
    }

    /** Whether this is the plain method at these shares. */
    public boolean is(PolicyKind other, double otherPruned, double otherPrePruned) {
        return method == other
                && variation.isPlain()
                && control == null
                && Math.abs(pruned - otherPruned) < 1e-9
                && Math.abs(prePruned - otherPrePruned) < 1e-9;
    }

    /** Describes the method without its rates; its name is that of the command line. */
    public String series() {
        if (control instanceof Control.EqualCost) {
            return "baseline at equal cost";
        }
        if (control instanceof Control.RandomLike like) {
            return "random like " + like.of().series();
        }
        List<String> words = new ArrayList<>(List.of(method.label()));
        if (variation.isDrawn()) {
            words.add("drawn at random");
        }
        words.addAll(variation.words());
        return String.join(", ", words);
    }

    /** Describes the share pruned and, in brackets, the share that the diet prunes before training. */
    public String rates() {
        if (control instanceof Control.EqualCost equal) {
            return Format.brief(equal.passes()) + " passes, batches of " + equal.batchSize();
        }
        if (control instanceof Control.RandomLike like) {
            return like.of().rates();
        }
        if (method.byEpoch() && !method.keepsOfAll()) {
            return method.hasKeep() ? "keep " + Format.brief(keep()) : "";
        }
        return percent(pruned) + (method.hasDiet() ? " (" + percent(prePruned) + ")" : "");
    }

    /** Describes the method with its rates. */
    public String title() {
        return method == PolicyKind.BASELINE && control == null ? series() : (series() + " " + rates()).strip();
    }

    /**
     * Returns the policy as JSON.
     *
     * @param scores id of the score set; null if none is needed
     */
    ObjectNode policy(@Nullable String scores) {
        ObjectNode policy = Json.object().put("kind", method.toString());
        if (method.hasKeep()) {
            policy.put("keep", keep());
        }
        if (method.selects()) {
            policy.put("batching", variation.batching());
        }
        if (method.byLoss()) {
            policy.put("rule", variation.rule())
                    .put("losses", variation.losses())
                    .put("selectionScale", variation.selectionScale());
        }
        variation.numbers().forEach((number, value) -> policy.put(number.label(), value));
        if (method.hasDiet()) {
            policy.put("prePruned", prePruned).put("order", variation.order()).put("balanced", variation.balanced());
            if (scores != null) {
                policy.put("scoreSet", scores);
            } else if (usesScores() && variation.ownEpochs() > 0) {
                policy.put("scoreSet", variation.scoresOf());
            }
        }
        if (method.judgesByScores() && scores != null) {
            policy.put("scoreSet", scores);
        }
        return policy;
    }

    private static String percent(double share) {
        return Format.brief(100 * share) + " %";
    }
}
