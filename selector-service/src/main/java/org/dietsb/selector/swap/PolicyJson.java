package org.dietsb.selector.swap;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dietsb.selector.policy.PolicySpec;
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
        @Nullable String scoreSet,
        @Nullable String of) {

    /** Of a kind that replays no run. */
    public PolicyJson(
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
        this(
                kind,
                keep,
                rule,
                historySize,
                batching,
                losses,
                selectionScale,
                start,
                end,
                interrupt,
                prePruned,
                order,
                balanced,
                scoreSet,
                null);
    }

    private static final String PROXY = "proxy:";
    private static final Pattern STALE = Pattern.compile("stale:(\\d{1,9})");

    public static PolicyJson of(PolicySpec policy) {
        boolean selects = policy.kind().selects();
        boolean byLoss = policy.kind().byLoss();
        boolean prunes = policy.kind().prunes();
        boolean diet = policy.kind().hasDiet();
        return new PolicyJson(
                policy.kind().label(),
                policy.kind().hasKeep() ? policy.keep() : null,
                byLoss ? PolicySpec.label(policy.rule()) : null,
                byLoss && policy.rule() == PolicySpec.Rule.PERCENTILE ? policy.historySize() : null,
                selects ? PolicySpec.label(policy.batching()) : null,
                byLoss ? losses(policy) : null,
                byLoss ? policy.selectionScale() : null,
                prunes ? policy.start() : null,
                prunes ? policy.end() : null,
                selects ? policy.interrupt() : null,
                diet ? policy.prePruned() : null,
                diet ? PolicySpec.label(policy.order()) : null,
                diet ? policy.balanced() : null,
                policy.scoreSet(),
                policy.of());
    }

    /**
     * The policy, checked.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public PolicySpec toPolicy() {
        PolicySpec.Kind parsed = one(PolicySpec.Kind.class, "kind", kind, null);
        return new PolicySpec(
                parsed,
                orElse(keep, parsed.hasKeep() ? .5 : 1),
                one(PolicySpec.Rule.class, "rule", rule, "rank"),
                historySize == null ? 1024 : historySize,
                one(PolicySpec.Batching.class, "batching", batching, "shrink"),
                isOfProxy() ? 1 : lossesEvery(losses),
                orElse(selectionScale, 1),
                orElse(start, 0),
                orElse(end, parsed == PolicySpec.Kind.INFOBATCH ? .875 : 1),
                interrupt == null ? 0 : interrupt,
                orElse(prePruned, parsed.hasDiet() ? .25 : 0),
                one(PolicySpec.DietOrder.class, "order", order, "lowest"),
                balanced != null && balanced,
                scoreSet,
                of,
                isOfProxy() ? String.valueOf(losses).substring(PROXY.length()) : null);
    }

    private boolean isOfProxy() {
        return losses != null && losses.startsWith(PROXY);
    }

    private static String losses(PolicySpec policy) {
        if (policy.proxy() != null) {
            return PROXY + policy.proxy();
        }
        return policy.lossesEvery() == 1 ? "fresh" : "stale:" + policy.lossesEvery();
    }

    private static int lossesEvery(@Nullable String losses) {
        if (losses == null || losses.equals("fresh")) {
            return 1;
        }
        Matcher stale = STALE.matcher(losses);
        if (!stale.matches()) {
            throw new IllegalArgumentException(
                    "losses is " + losses + ", allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL");
        }
        return Integer.parseInt(stale.group(1));
    }

    private static double orElse(@Nullable Double value, double otherwise) {
        return value == null ? otherwise : value;
    }

    private static <E extends Enum<E>> E one(
            Class<E> type, String field, @Nullable String label, @Nullable String otherwise) {
        String given = label == null ? otherwise : label;
        return PolicySpec.named(type, Objects.requireNonNullElse(given, ""))
                .orElseThrow(() -> new IllegalArgumentException(field + " is " + (given == null ? "missing" : given)
                        + ", allowed is one of " + PolicySpec.labels(type.getEnumConstants())));
    }
}
