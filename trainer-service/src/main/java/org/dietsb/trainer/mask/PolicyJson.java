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
        boolean byLoss = policy.kind().byLoss();
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
                    "kind is infobatch, which comes later; allowed: " + Policy.labels(Policy.Kind.values()));
        }
        Policy.Kind parsed = one(Policy.Kind.class, "kind", kind, null);
        if (losses != null && !losses.equals("fresh")) {
            throw new IllegalArgumentException("losses is " + losses + ", allowed is fresh (stale losses come later)");
        }
        if (selectionScale != null && selectionScale != 1) {
            throw new IllegalArgumentException(
                    "selectionScale is " + selectionScale + ", allowed is 1 (others come later)");
        }
        return new Policy(
                parsed,
                orElse(keep, parsed.selects() ? .5 : 1),
                one(Policy.Rule.class, "rule", rule, "rank"),
                historySize == null ? 1024 : historySize,
                one(Policy.Batching.class, "batching", batching, "shrink"),
                orElse(start, 0),
                orElse(end, 1),
                interrupt == null ? 0 : interrupt,
                orElse(prePruned, parsed.hasDiet() ? .25 : 0),
                one(Policy.DietOrder.class, "order", order, "lowest"),
                balanced != null && balanced,
                scoreSet);
    }

    private static double orElse(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static <E extends Enum<E>> E one(
            Class<E> type, String field, @Nullable String label, @Nullable String otherwise) {
        String given = label == null ? otherwise : label;
        return Policy.named(type, Objects.requireNonNullElse(given, ""))
                .orElseThrow(() -> new IllegalArgumentException(field + " is " + (given == null ? "missing" : given)
                        + ", allowed is one of " + Policy.labels(type.getEnumConstants())));
    }
}
