package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.jspecify.annotations.Nullable;

/**
 * A method at one prune rate, for all seeds.
 *
 * @param pruned share of all examples not trained in an epoch, including those of the diet, in [0, 1); for infobatch and repb
 *     the share left out of the examples below the mean loss
 * @param prePruned share of all examples that the diet drops, in [0, 1)
 * @param passes budget of a control in passes over the training set; null = all epochs
 */
public record Cell(
        Setting setting,
        Kind method,
        double pruned,
        double prePruned,
        Variation variation,
        @Nullable Double passes) {
    private static final double THOUSANDTHS = 1_000;

    /** The names of the poster, and similar names for the kinds that are not in it. */
    private static final Map<Kind, String> TITLES = Map.ofEntries(
            Map.entry(Kind.BASELINE, "baseline"),
            Map.entry(Kind.RANDOM, "Random"),
            Map.entry(Kind.SELECTIVE, "SB"),
            Map.entry(Kind.DIET, "EL2N"),
            Map.entry(Kind.DIET_SELECTIVE, "Diet-SB"),
            Map.entry(Kind.DIET_RANDOM, "Diet-Random"),
            Map.entry(Kind.INFOBATCH, "InfoBatch"),
            Map.entry(Kind.REPB, "RePB"),
            Map.entry(Kind.REPLAY, "Replay"),
            Map.entry(Kind.ORDERDP, "OrderDP"),
            Map.entry(Kind.RS2, "RS2"),
            Map.entry(Kind.PROGRESSIVE, "Progressive"),
            Map.entry(Kind.SETA, "SeTa"));

    public static Cell baseline(Setting setting) {
        return new Cell(setting, Kind.BASELINE, 0, 0, Variation.PLAIN, null);
    }

    /**
     * Returns the control of this cell: a baseline that costs as much, with its schedule fully decayed at the end.
     *
     * @param passesPerEpoch cost of this cell in passes over the training set
     */
    public Cell control(double passesPerEpoch) {
        double passes = Math.rint(passesPerEpoch * setting.epochs() * THOUSANDTHS) / THOUSANDTHS;
        return new Cell(setting, Kind.BASELINE, 0, 0, Variation.PLAIN, passes);
    }

    /** Whether this is a control rather than a method of the experiment. */
    public boolean isControl() {
        return passes != null;
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
        if (method.byTrainedLosses() && !method.keepsOfAll()) {
            return OptionalDouble.empty();
        }
        double selection = method.byLoss() ? variation.selectionCost() : 0;
        double pruning = (1 - prePruned) * (selection + 3 * keep()) / 3;
        double whole = (double) variation.ownEpochs() / setting.epochs();
        return OptionalDouble.of(whole + (1 - whole) * pruning);
    }

    /** Returns the cell whose runs a replay uses; null for other methods. */
    @Nullable
    Cell replayed() {
        String model = variation.masksOf() == null ? setting.model() : variation.masksOf();
        return method == Kind.REPLAY
                ? new Cell(setting.with(model), Kind.SELECTIVE, pruned, 0, Variation.PLAIN, null)
                : null;
    }

    /** Whether the diet uses the scores of an ensemble. */
    public boolean needsScores() {
        return usesScores() && variation.ownEpochs() == 0;
    }

    private boolean usesScores() {
        return method.hasDiet() && !(variation.isDrawn() && !variation.balanced());
    }

    /** Whether this is the plain method at these shares. */
    public boolean is(Kind other, double otherPruned, double otherPrePruned) {
        return method == other
                && variation.isPlain()
                && passes == null
                && Math.abs(pruned - otherPruned) < 1e-9
                && Math.abs(prePruned - otherPrePruned) < 1e-9;
    }

    /** Describes the method without its rates. */
    public String series() {
        if (passes != null) {
            return "baseline at equal cost";
        }
        String name = method == Kind.DIET && variation.isDrawn()
                ? "static random"
                : TITLES.getOrDefault(method, method.label());
        List<String> words = new ArrayList<>(List.of(name));
        if (method != Kind.DIET && variation.isDrawn()) {
            words.add("diet drawn");
        }
        words.addAll(variation.words());
        return String.join(", ", words);
    }

    /** Describes the share pruned and, in brackets, the share that the diet prunes before training. */
    public String rates() {
        if (passes != null) {
            return Format.brief(passes) + " passes";
        }
        if (method.byEpoch() && !method.keepsOfAll()) {
            return method.hasKeep() ? "keep " + Format.brief(keep()) : "";
        }
        return percent(pruned) + (method.hasDiet() ? " (" + percent(prePruned) + ")" : "");
    }

    /** Describes the method with its rates. */
    public String title() {
        return method == Kind.BASELINE && passes == null ? series() : (series() + " " + rates()).strip();
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
        if (method.hasDiet()) {
            policy.put("prePruned", prePruned).put("order", variation.order()).put("balanced", variation.balanced());
            if (scores != null) {
                policy.put("scoreSet", scores);
            } else if (usesScores() && variation.ownEpochs() > 0) {
                policy.put("scoreSet", variation.scoresOf());
            }
        }
        return policy;
    }

    private static String percent(double share) {
        return Format.brief(100 * share) + " %";
    }
}
