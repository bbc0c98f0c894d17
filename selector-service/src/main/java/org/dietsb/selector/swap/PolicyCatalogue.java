package org.dietsb.selector.swap;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dietsb.contracts.policy.Policy;
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

    private static final List<Parameter> SELECTING = List.of(
            keep("share of each batch, after the diet, that is backpropagated"),
            new Parameter(
                    "batching",
                    "shrink, accumulate",
                    "shrink",
                    "step with what a batch kept, or queue for a full batch"),
            start("batches"),
            end("batches", "1"),
            new Parameter("interrupt", "0 or more", "0", "every n-th batch is trained whole; 0 = never"));
    private static final List<Parameter> BY_LOSS = List.of(
            new Parameter("rule", "rank, percentile", "rank", "within the batch, or against a history of losses"),
            new Parameter("historySize", "[batch size, 1000000]", "1024", "losses the percentile rule looks back on"),
            new Parameter(
                    "losses",
                    "fresh, stale:N, proxy:MODEL",
                    "fresh",
                    "selection passes in each epoch, or in every N-th; between, its losses are used again; or those of a"
                            + " small model that another trainer trains beside: only in the order of a run, not in a swap"),
            new Parameter(
                    "selectionScale", "[0.25, 1]", "1", "side of the selection pass's images, of their full size"));
    private static final List<Parameter> DIET = List.of(
            new Parameter("prePruned", "[0, 1)", "0.25", "share of all training examples dropped before training"),
            new Parameter("order", "lowest, random, highest", "lowest", "by EL2N, or its controls"),
            new Parameter("balanced", "true, false", "false", "drop the same share of each class"),
            new Parameter(
                    "scoreSet",
                    "a finished score set, own:N",
                    "none",
                    "required unless order is random and not balanced; own:N = error norms of the run's own first N epochs, "
                            + "which are trained whole"));

    /** What says how a batch is judged by its losses. */
    private static final Set<String> RULE = Set.of("rule", "historySize");

    private static final Parameter REFERENCE = new Parameter(
            "scoreSet",
            "a finished score set",
            "none",
            "required: losses of a reference for each example, such as dietsb score-run RUN --method last-loss makes");

    private static final Parameter CLASSES = new Parameter(
            "scoreSet",
            "a finished score set with labels",
            "none",
            "required: the classes of the examples; scores do not count");

    private static final Parameter OF = new Parameter(
            "of", "a run whose masks are recorded", "none", "required; RUN@CHECKSUM is that record and no other");

    public static final List<Entry> ENTRIES = List.of(
            entry(Policy.Kind.BASELINE, "every example", "1"),
            entry(Policy.Kind.RANDOM, "round(keep n) of a batch at random", "keep"),
            entry(
                    Policy.Kind.SELECTIVE,
                    "of a batch mostly the examples of high loss",
                    "(s + 3 keep) / 3, s = selectionScale^2 / N of stale:N, 0 with a proxy"),
            entry(Policy.Kind.DIET, "what the diet leaves", "1 - prePruned, and the scoring once"),
            entry(
                    Policy.Kind.DIET_SELECTIVE,
                    "what the diet leaves; of a batch of it mostly the examples of high loss",
                    "(1 - prePruned) (s + 3 keep) / 3, and the scoring once"),
            entry(
                    Policy.Kind.DIET_RANDOM,
                    "what the diet leaves; of a batch of it round(keep n) at random",
                    "(1 - prePruned) keep, and the scoring once"),
            entry(
                    Policy.Kind.INFOBATCH,
                    "of an epoch, a random share of what is below the mean loss is left out; the rest of it counts more",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    Policy.Kind.REPB,
                    "of an epoch, a random share of what was below the mean loss of its batch is left out; who was trained in N of E"
                            + " epochs counts E/N",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    Policy.Kind.REPLAY,
                    "of a batch what the masks of another run selected in the same epoch",
                    "the share that the other run selected"),
            entry(
                    Policy.Kind.ORDERDP,
                    "of an epoch, a random share is drawn, and the highest last losses of it are trained",
                    "keep"),
            entry(
                    Policy.Kind.RS2,
                    "of an epoch, round(keep n) at random, none again until all have been trained",
                    "keep"),
            entry(
                    Policy.Kind.PROGRESSIVE,
                    "of an epoch, the examples that the model does not give the right class with probability tau yet",
                    "the share that is hard, and 1/recheck of the others; at most gamma^(epoch - 1)"),
            entry(
                    Policy.Kind.SETA,
                    "of an epoch, a window of groups of like losses, which slides from easy to hard",
                    "(1 - drop) x the share of the examples in the window's groups"),
            entry(
                    Policy.Kind.RANDOM_LIKE,
                    "of an epoch and of a batch as many examples as another run selected, at random: the control of its choice",
                    "the share that the other run selected"),
            entry(
                    Policy.Kind.BLS,
                    "as infobatch, by smoothed mean losses of steps in place of the losses of examples",
                    "1 - (1 - keep) x the share below the mean"),
            entry(
                    Policy.Kind.IES,
                    "of an epoch, the examples whose loss still bends",
                    "the share that is not mastered, and 1/recheck of the others"),
            entry(
                    Policy.Kind.RHO,
                    "of a batch the examples whose loss exceeds that of a reference most",
                    "(s + 3 keep) / 3, and the reference once"),
            entry(
                    Policy.Kind.RCAP,
                    "of an epoch, a quota of each class by its losses; within a class mostly the examples of high last loss",
                    "keep"));

    private PolicyCatalogue() {}

    private static List<Parameter> ofEpochs(Policy.Kind kind) {
        List<Parameter> parameters = new ArrayList<>();
        if (kind.hasKeep()) {
            parameters.add(keep(
                    switch (kind) {
                        case INFOBATCH, BLS -> "share that stays of the examples below the mean loss";
                        case REPB -> "share that stays of the examples last below the mean loss of their batch";
                        default -> "share of all examples that an epoch trains";
                    }));
        }
        kind.parameters()
                .forEach(one -> parameters.add(new Parameter(
                        one.label(),
                        one.allowed(),
                        org.dietsb.contracts.policy.Parameter.number(one.usual()),
                        one.meaning())));
        parameters.add(start("epochs"));
        parameters.add(end(
                "epochs",
                org.dietsb.contracts.policy.Parameter.number(usual(kind).end())));
        return parameters;
    }

    private static Parameter keep(String meaning) {
        return new Parameter("keep", "(0, 1]", "0.5", meaning);
    }

    private static Parameter start(String what) {
        return new Parameter("start", "[0, 1]", "0", "share of training before which " + what + " are trained whole");
    }

    private static Parameter end(String what, String usual) {
        return new Parameter(
                "end", "[start, 1]", usual, "share of training from which on " + what + " are trained whole");
    }

    private static Entry entry(Policy.Kind kind, String rule, String cost) {
        List<Parameter> parameters = new ArrayList<>();
        if (kind.selects()) {
            SELECTING.stream()
                    .filter(one -> kind.hasKeep() || !one.name().equals("keep"))
                    .forEach(parameters::add);
        }
        if (kind.replays()) {
            parameters.add(OF);
        }
        if (kind.byLoss()) {
            BY_LOSS.stream()
                    .filter(one -> kind.hasRule() || !RULE.contains(one.name()))
                    .forEach(parameters::add);
        }
        if (kind.judgesByScores()) {
            parameters.add(kind == Policy.Kind.RHO ? REFERENCE : CLASSES);
        }
        if (kind.byEpoch()) {
            parameters.addAll(ofEpochs(kind));
        }
        if (kind.hasDiet()) {
            parameters.addAll(DIET);
        }
        return new Entry(kind.label(), rule, cost, PolicyCost.passes(usual(kind)), List.copyOf(parameters));
    }

    /** Returns the policy with the defaults of all parameters; a score set has no default and no cost here. */
    private static Policy usual(Policy.Kind kind) {
        return Policy.ofKind(kind)
                .scoreSet(kind.hasDiet() || kind.judgesByScores() ? "any" : null)
                .of(kind.replays() ? "any" : null)
                .build();
    }
}
