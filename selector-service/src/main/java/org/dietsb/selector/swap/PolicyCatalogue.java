package org.dietsb.selector.swap;

import java.util.List;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.PolicyCost;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The kinds of policies, as GET /policies lists them. Costs are relative to training on everything: forward 1, backward 2. */
public final class PolicyCatalogue {

    /**
     * A kind of policy.
     *
     * @param cost in passes over the training set per epoch, as a formula of the parameters
     * @param passes the same as a number, with the defaults of all parameters
     */
    @Schema(name = "PolicyKind")
    public record Entry(String kind, String rule, String cost, double passes, List<Parameter> parameters) {}

    /** A parameter with its allowed values and its default. */
    @Schema(name = "PolicyParameter")
    public record Parameter(String name, String allowed, String defaultValue, String meaning) {}

    public static final List<Entry> ENTRIES = List.of(
            entry(PolicyKind.BASELINE, "every example", "1"),
            entry(PolicyKind.RANDOM, "round(keep n) of a batch at random", "keep"),
            entry(
                    PolicyKind.SELECTIVE,
                    "of a batch mostly the examples of high loss",
                    "(s + 3 keep) / 3, s = selectionScale^2 / N of stale:N, 0 with a proxy"),
            entry(PolicyKind.DIET, "what the diet leaves", "1 - prePruned, and the scoring once"),
            entry(
                    PolicyKind.DIET_SELECTIVE,
                    "a diet, and of each batch mostly the examples of high loss",
                    "(1 - prePruned) (s + 3 keep) / 3, and the scoring once"),
            entry(
                    PolicyKind.DIET_RANDOM,
                    "a diet, and of each batch round(keep n) examples at random",
                    "(1 - prePruned) keep, and the scoring once"),
            entry(
                    PolicyKind.INFOBATCH,
                    "of an epoch, a random share of what is below the mean loss is left out; the rest of it counts more",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    PolicyKind.REPB,
                    "of an epoch, a random share of what was below the mean loss of its batch is left out; who was trained in N of E"
                            + " epochs counts E/N",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    PolicyKind.REPLAY,
                    "of a batch what the masks of another run selected in the same epoch",
                    "the share that the other run selected"),
            entry(
                    PolicyKind.ORDERDP,
                    "of an epoch, a random share is drawn, and the highest last losses of it are trained",
                    "keep"),
            entry(
                    PolicyKind.RS2,
                    "of an epoch, round(keep n) at random, none again until all have been trained",
                    "keep"),
            entry(
                    PolicyKind.PROGRESSIVE,
                    "of an epoch, the examples that the model does not give the right class with probability tau yet",
                    "the share that is hard, and 1/recheck of the others; at most gamma^(epoch - 1)"),
            entry(
                    PolicyKind.SETA,
                    "of an epoch, a window of groups of like losses, which slides from easy to hard",
                    "(1 - drop) x the share of the examples in the window's groups"),
            entry(
                    PolicyKind.RANDOM_LIKE,
                    "of an epoch and of a batch as many examples as another run selected, at random: the control of its choice",
                    "the share that the other run selected"),
            entry(
                    PolicyKind.BLS,
                    "as infobatch, by smoothed mean losses of steps in place of the losses of examples",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    PolicyKind.IES,
                    "of an epoch, the examples whose loss still bends",
                    "the share that is not mastered, and 1/recheck of the others"),
            entry(
                    PolicyKind.RHO,
                    "of a batch the examples whose loss exceeds that of a reference most",
                    "(s + 3 keep) / 3, and the reference once"),
            entry(
                    PolicyKind.RCAP,
                    "of an epoch, a quota of each class by its losses; within a class mostly the examples of high last loss",
                    "keep"));

    private PolicyCatalogue() {}

    private static Entry entry(PolicyKind kind, String rule, String cost) {
        return new Entry(
                kind.label(),
                rule,
                cost,
                PolicyCost.passes(usual(kind)),
                PolicyField.of(kind).stream()
                        .map(field -> parameter(kind, field))
                        .toList());
    }

    private static Parameter parameter(PolicyKind kind, Field field) {
        String usual = field instanceof PolicyField general ? general.usual(kind) : field.usual();
        return new Parameter(
                field.label(),
                allowed(kind, field),
                usual.isEmpty() ? "none" : usual,
                (usual.isEmpty() ? "required" + unless(kind, field) + ": " : "")
                        + (field instanceof PolicyField general ? general.meaning(kind) : field.meaning()));
    }

    private static String allowed(PolicyKind kind, Field field) {
        if (field == PolicyField.SCORE_SET) {
            return kind.hasDiet()
                    ? "a finished score set, own:N"
                    : kind == PolicyKind.RCAP ? "a finished score set with labels" : "a finished score set";
        }
        if (field == PolicyField.OF) {
            return "a run whose masks are recorded";
        }
        return switch (field.type()) {
            case CHOICE -> String.join(", ", field.choices());
            case FLAG -> "true, false";
            default -> field.allowed();
        };
    }

    private static String unless(PolicyKind kind, Field field) {
        return field == PolicyField.SCORE_SET && kind.hasDiet() ? " unless order is random and not balanced" : "";
    }

    /** Returns the policy with the defaults of all parameters; a score set has no default and no cost here. */
    private static Policy usual(PolicyKind kind) {
        return Policy.ofKind(kind)
                .scoreSet(kind.hasDiet() || kind.judgesByScores() ? "any" : null)
                .of(kind.replays() ? "any" : null)
                .build();
    }
}
