package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A method at one prune rate, whatever the seed.
 *
 * @param pruned share of all examples not trained in an epoch, those of the diet included, in [0, 1); of infobatch and repb the
 *     share left out of those below the mean loss
 * @param prePruned share of all examples that the diet drops, in [0, 1)
 * @param passes budget in passes over the training set, of a baseline that is to cost what another cell costs; null = all
 *     epochs
 */
public record Cell(
        Setting setting,
        Method method,
        double pruned,
        double prePruned,
        Variation variation,
        @Nullable Double passes) {
    private static final double THOUSANDTHS = 1_000;

    /** The baseline of a setting. */
    public static Cell baseline(Setting setting) {
        return new Cell(setting, Method.BASELINE, 0, 0, Variation.PLAIN, null);
    }

    /** The control: no pruning, that many passes, its schedule fully decayed in them. */
    public static Cell sameCost(Setting setting, double passes) {
        return new Cell(setting, Method.BASELINE, 0, 0, Variation.PLAIN, Math.rint(passes * THOUSANDTHS) / THOUSANDTHS);
    }

    /** Whether it is the control and no method of its own. */
    public boolean isControl() {
        return passes != null;
    }

    /** Share of a batch, after the diet, that gets a gradient; of infobatch and repb its parameter. */
    public double keep() {
        return method.byEpoch() ? 1 - pruned : (1 - pruned) / (1 - prePruned);
    }

    /**
     * Passes over the training set that an epoch is expected to cost, a selection pass counting a third of a trained one
     * (forward 1, backward 2). Empty where only the run can tell.
     */
    public OptionalDouble passesPerEpoch() {
        if (method.byEpoch()) {
            return OptionalDouble.empty();
        }
        double selection = method.byLoss() ? variation.selectionCost() : 0;
        double pruning = (1 - prePruned) * (selection + 3 * keep()) / 3;
        double whole = (double) variation.ownEpochs() / setting.epochs();
        return OptionalDouble.of(whole + (1 - whole) * pruning);
    }

    /** The cell whose runs a replay goes by; null of any other. */
    @Nullable
    public Cell replayed() {
        String model = variation.masksOf() == null ? setting.model() : variation.masksOf();
        return method == Method.REPLAY
                ? new Cell(
                        new Setting(setting.dataset(), setting.limit(), model, setting.epochs()),
                        Method.SELECTIVE,
                        pruned,
                        0,
                        Variation.PLAIN,
                        null)
                : null;
    }

    /** Whether its diet goes by scores of an ensemble. */
    public boolean needsScores() {
        return goesByScores() && variation.ownEpochs() == 0;
    }

    private boolean goesByScores() {
        return method.hasDiet() && !(variation.isDrawn() && !variation.balanced());
    }

    /** Whether it is the method as the poster has it, at these shares. */
    public boolean is(Method other, double otherPruned, double otherPrePruned) {
        return method == other
                && variation.isPlain()
                && passes == null
                && Math.abs(pruned - otherPruned) < 1e-9
                && Math.abs(prePruned - otherPrePruned) < 1e-9;
    }

    /** The method in words, without its rates. */
    public String series() {
        if (passes != null) {
            return "baseline at equal cost";
        }
        String name = method == Method.DIET && variation.isDrawn() ? "static random" : method.title();
        List<String> words = new ArrayList<>(List.of(name));
        if (method != Method.DIET && variation.isDrawn()) {
            words.add("diet drawn");
        }
        words.addAll(variation.words());
        return String.join(", ", words);
    }

    /** Share pruned and, in brackets, by the diet before training. */
    public String rates() {
        if (passes != null) {
            return text(passes) + " passes";
        }
        if (method.byEpoch()) {
            return "keep " + text(keep());
        }
        return percent(pruned) + (method.hasDiet() ? " (" + percent(prePruned) + ")" : "");
    }

    /** The method with its rates. */
    public String title() {
        return method == Method.BASELINE && passes == null ? series() : series() + " " + rates();
    }

    /** The policy, as orders write it; {@code scores} = null where none are needed. */
    public ObjectNode policy(@Nullable String scores) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode().put("kind", method.toString());
        if (method != Method.REPLAY && (method.selects() || method.byEpoch())) {
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
        if (method.hasDiet()) {
            policy.put("prePruned", prePruned).put("order", variation.order()).put("balanced", variation.balanced());
            if (scores != null) {
                policy.put("scoreSet", scores);
            } else if (goesByScores() && variation.ownEpochs() > 0) {
                policy.put("scoreSet", variation.scoresOf());
            }
        }
        return policy;
    }

    private static String percent(double share) {
        return text(100 * share) + " %";
    }

    private static String text(double value) {
        String text = String.format(Locale.ROOT, "%.3f", value);
        return text.replaceAll("\\.?0+$", "");
    }
}
