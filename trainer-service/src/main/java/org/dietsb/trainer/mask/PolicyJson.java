package org.dietsb.trainer.mask;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A policy as JSON, the same everywhere in this system; what is left out has its default. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyJson(
        @Nullable String kind,
        @Nullable Double keep,
        @Nullable String rule,
        @Nullable Integer historySize,
        @Nullable String batching,
        @Nullable String losses,
        @Nullable Double selectionScale,
        @Nullable Double start,
        @Nullable Double end,
        @Nullable Integer interrupt,
        @Nullable Double prePruned,
        @Nullable String order,
        @Nullable Boolean balanced,
        @Nullable String scoreSet) {

    public static PolicyJson of(Policy policy) {
        boolean selects = policy.kind().selects();
        boolean byLoss = policy.kind() == Policy.Kind.SELECTIVE || policy.kind() == Policy.Kind.DIET_SELECTIVE;
        boolean diet = policy.kind().hasDiet();
        return new PolicyJson(
                policy.kind().label(),
                selects ? policy.keep() : null,
                byLoss ? Policy.label(policy.rule()) : null,
                byLoss && policy.rule() == Policy.Rule.PERCENTILE ? policy.historySize() : null,
                selects ? Policy.label(policy.batching()) : null,
                byLoss ? "fresh" : null,
                byLoss ? 1.0 : null,
                selects ? policy.start() : null,
                selects ? policy.end() : null,
                selects ? policy.interrupt() : null,
                diet ? policy.prePruned() : null,
                diet ? Policy.label(policy.order()) : null,
                diet ? policy.balanced() : null,
                policy.scoreSet());
    }

    /**
     * The policy, checked.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public Policy toPolicy() {
        if (kind != null && kind.equals("infobatch")) {
            throw new IllegalArgumentException(
                    "kind is infobatch, which comes later; allowed is one of " + Policy.labels(Policy.Kind.values()));
        }
        Policy.Kind parsed = one(Policy.Kind.class, "kind", kind, null);
        if (losses != null && !losses.equals("fresh")) {
            throw new IllegalArgumentException("losses is " + losses + ", allowed is fresh (stale losses come later)");
        }
        if (selectionScale != null && selectionScale != 1) {
            throw new IllegalArgumentException(
                    "selectionScale is " + selectionScale + ", allowed is 1 (others come later)");
        }
        double kept = orElse(keep, parsed.selects() ? .5 : 1);
        require(kept > 0 && kept <= 1, "keep", kept, "(0, 1]");
        require(parsed.selects() || kept == 1, "keep", kept, "1 for " + parsed.label() + ", which keeps whole batches");
        double from = orElse(start, 0);
        require(from >= 0 && from <= 1, "start", from, "[0, 1]");
        double to = orElse(end, 1);
        require(to >= from && to <= 1, "end", to, "[start, 1]");
        int every = interrupt == null ? 0 : interrupt;
        require(every >= 0, "interrupt", every, "0 (never) or more");
        int history = historySize == null ? 1024 : historySize;
        require(history >= 1 && history <= 1_000_000, "historySize", history, "[1, 1000000]");
        double dropped = orElse(prePruned, parsed.hasDiet() ? .25 : 0);
        require(dropped >= 0 && dropped < 1, "prePruned", dropped, "[0, 1)");
        require(
                parsed.hasDiet() || dropped == 0,
                "prePruned",
                dropped,
                "0 for " + parsed.label() + ", which has no diet");
        Policy.DietOrder dietOrder = one(Policy.DietOrder.class, "order", order, "lowest");
        boolean perClass = balanced != null && balanced;
        boolean needsScores = parsed.hasDiet() && (dietOrder != Policy.DietOrder.RANDOM || perClass);
        if (needsScores && (scoreSet == null || scoreSet.isBlank())) {
            throw new IllegalArgumentException(
                    "scoreSet is missing: the diet of " + parsed.label() + " goes by EL2N scores (or order random)");
        }
        return new Policy(
                parsed,
                kept,
                one(Policy.Rule.class, "rule", rule, "rank"),
                history,
                one(Policy.Batching.class, "batching", batching, "shrink"),
                from,
                to,
                every,
                dropped,
                dietOrder,
                perClass,
                scoreSet);
    }

    private static double orElse(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }

    private static <E extends Enum<E>> E one(
            Class<E> type, String field, @Nullable String label, @Nullable String otherwise) {
        String given = label == null ? otherwise : label;
        return Policy.named(type, Objects.requireNonNullElse(given, ""))
                .orElseThrow(() -> new IllegalArgumentException(field + " is " + (given == null ? "missing" : given)
                        + ", allowed is one of " + Policy.labels(type.getEnumConstants())));
    }
}
