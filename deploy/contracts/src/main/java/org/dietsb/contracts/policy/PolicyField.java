package org.dietsb.contracts.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.Range;
import org.dietsb.contracts.field.Share;
import org.jspecify.annotations.Nullable;

/** The fields of a policy besides its kind and the {@link Parameter}s that only some kinds have. */
public enum PolicyField implements Field {
    KEEP(
            "Share of each batch to train on",
            Type.SHARE,
            "of each batch",
            Range.of("(0, 1]"),
            "share of each batch, after the diet, that is backpropagated; lower is faster and less accurate"),
    BATCHING(
            "Steps",
            List.of("shrink", "accumulate"),
            "step on what each batch kept, or collect kept examples until there is a full batch"),
    START(
            "Start",
            Type.SHARE,
            "of training",
            Range.of("[0, 1]"),
            "share of training before which everything is trained, for losses that mean something"),
    END(
            "End",
            Type.SHARE,
            "of training",
            Range.of("[0, 1]", "[start, 1]"),
            "share of training from which on everything is trained; helps accuracy at the end"),
    INTERRUPT(
            "Whole batches",
            Type.WHOLE,
            "batches",
            Range.of("[0, 2147483647]", "0 (never) or more"),
            "every N-th batch is trained whole"),
    OF(
            "Run to replay",
            Type.TEXT,
            "",
            null,
            "run whose recorded masks are used; RUN@CHECKSUM is that record and no other"),
    RULE(
            "Rule",
            List.of("rank", "percentile"),
            "how losses select examples: by rank within the batch, or against a history of losses"),
    HISTORY_SIZE(
            "History",
            Type.WHOLE,
            "losses",
            Range.of("[1, 1000000]"),
            "losses that rule percentile ranks a loss against; at least the batch size"),
    LOSSES(
            "Losses",
            Type.TEXT,
            "",
            null,
            "fresh: a selection pass in each epoch; stale:N: in every N-th, whose losses are used until the next, which is"
                    + " faster; proxy:MODEL: those of a small model that another trainer trains beside, in orders only"),
    SELECTION_SCALE(
            "Scale of selection passes",
            Type.SHARE,
            "of the full size",
            Range.of("[0.25, 1]"),
            "side length of the images in selection passes; smaller is faster and ranks less well"),
    PRE_PRUNED(
            "Share that the diet drops",
            Type.SHARE,
            "of the training set",
            Range.of("[0, 1)"),
            "share of all examples that are left out for good before training"),
    ORDER(
            "Diet drops",
            List.of("lowest", "random", "highest"),
            "which examples by EL2N score the diet drops: the easiest, any, or the hardest"),
    BALANCED("Same share of each class", Type.FLAG, "", null, "the diet drops the same share of each class"),
    SCORE_SET(
            "Score set",
            Type.TEXT,
            "",
            null,
            "id of the EL2N scores of a diet; own:N = the error norms of the run's own first N epochs, which are trained"
                    + " whole");

    @SuppressWarnings("ImmutableEnumChecker") // A record of what does not change.
    private final Facts facts;

    PolicyField(String title, Type type, String unit, @Nullable Range range, String meaning) {
        this(title, type, unit, range, List.of(), meaning);
    }

    PolicyField(String title, List<String> choices, String meaning) {
        this(title, Type.CHOICE, "", null, choices, meaning);
    }

    PolicyField(String title, Type type, String unit, @Nullable Range range, List<String> choices, String meaning) {
        facts = new Facts(title, type, "", unit, range, choices, meaning);
    }

    /** Returns the fields that a policy of this kind uses, those of its kind alone included, in the order of forms. */
    public static List<Field> of(PolicyKind kind) {
        List<Field> fields = Arrays.stream(values())
                .filter(field -> field.isOf(kind))
                .collect(Collectors.toCollection(ArrayList::new));
        int own = fields.indexOf(KEEP) + 1;
        fields.addAll(own, kind.parameters());
        return List.copyOf(fields);
    }

    /** Returns whether a policy of this kind uses this field. */
    public boolean isOf(PolicyKind kind) {
        return use().test(kind);
    }

    private Predicate<PolicyKind> use() {
        return switch (this) {
            case KEEP -> PolicyKind::hasKeep;
            case BATCHING, INTERRUPT -> PolicyKind::selects;
            case START, END -> PolicyKind::prunes;
            case OF -> PolicyKind::replays;
            case RULE, HISTORY_SIZE -> PolicyKind::hasRule;
            case LOSSES, SELECTION_SCALE -> PolicyKind::byLoss;
            case PRE_PRUNED, ORDER, BALANCED -> PolicyKind::hasDiet;
            case SCORE_SET -> kind -> kind.hasDiet() || kind.judgesByScores();
        };
    }

    /** Returns the default of a policy of this kind, as it would be typed; empty if it has none. */
    public String usual(PolicyKind kind) {
        PolicyBuilder policy = Policy.ofKind(kind);
        return switch (this) {
            case KEEP -> Share.words(policy.keep());
            case BATCHING -> Label.of(Policy.Batching.SHRINK);
            case START -> "0";
            case END -> Share.words(policy.end());
            case INTERRUPT -> "0";
            case RULE -> Label.of(Policy.Rule.RANK);
            case HISTORY_SIZE -> String.valueOf(Policy.DEFAULT_HISTORY);
            case LOSSES -> "fresh";
            case SELECTION_SCALE -> "1";
            case PRE_PRUNED -> Share.words(policy.prePruned());
            case ORDER -> Label.of(Policy.DietOrder.LOWEST);
            case BALANCED -> "false";
            case OF, SCORE_SET -> "";
        };
    }

    /** Returns the default of most kinds, and that of the others: {@code 0.5, for diet-selective and diet-random 2/3}. */
    public String usualWords() {
        Map<String, List<PolicyKind>> kinds = Arrays.stream(PolicyKind.values())
                .filter(this::isOf)
                .collect(Collectors.groupingBy(this::usual, LinkedHashMap::new, Collectors.toList()));
        String most = usual();
        return most
                + kinds.entrySet().stream()
                        .filter(one -> !one.getKey().equals(most))
                        .map(one -> ", for "
                                + one.getValue().stream().map(PolicyKind::label).collect(Collectors.joining(" and "))
                                + " " + one.getKey())
                        .collect(Collectors.joining());
    }

    /** Returns the default of most kinds. */
    @Override
    public String usual() {
        return Arrays.stream(PolicyKind.values())
                .filter(this::isOf)
                .collect(Collectors.groupingBy(this::usual, LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    /** Returns what the field means for a policy of this kind. */
    public String meaning(PolicyKind kind) {
        if (this == KEEP) {
            return switch (kind) {
                case INFOBATCH, BLS -> "share that stays of the examples below the mean loss; lower is faster";
                case REPB ->
                    "share that stays of the examples last below the mean loss of their batch; lower is faster";
                default ->
                    kind.byEpoch()
                            ? "share of all examples that an epoch trains; lower is faster and less accurate"
                            : meaning();
            };
        }
        if (this == SCORE_SET && kind == PolicyKind.RHO) {
            return "losses of a reference for each example, such as dietsb score-run RUN --method last-loss makes";
        }
        if (this == SCORE_SET && kind == PolicyKind.RCAP) {
            return "the classes of the examples, of a set that dietsb score made; scores do not count";
        }
        return meaning();
    }

    /** Returns the name for people of the field in a policy of this kind. */
    public String title(PolicyKind kind) {
        return this == KEEP && !kind.selects() ? "Share to train on" : title();
    }

    @Override
    public String label() {
        return Field.camelCase(this);
    }

    @Override
    public String allowed() {
        return this == LOSSES ? "fresh, stale:N, N in [1, 1000], or proxy:MODEL" : Field.super.allowed();
    }

    @Override
    public Facts facts() {
        return facts;
    }
}
