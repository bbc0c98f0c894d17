package org.dietsb.launcher.order;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a policy. What is left out has its default: half of all examples pruned, a quarter of them before training. */
public final class PolicyOptions {
    private static final double TOTAL_PRUNED = .5;
    private static final double PRE_PRUNED = .25;

    @Option(
            names = "--keep",
            paramLabel = "F",
            description = "share of a batch that gets a gradient, in (0, 1]; default: so much that half of all examples"
                    + " are pruned (1/2, or 2/3 after the default diet)")
    @Nullable
    String keep;

    @Option(
            names = "--pre-pruned",
            paramLabel = "F",
            description = "share of the training set a diet drops before training, in [0, 1); default 0.25")
    @Nullable
    String prePruned;

    @Option(names = "--rule", paramLabel = "RULE", description = "rank or percentile; default rank")
    @Nullable
    String rule;

    @Option(
            names = "--history-size",
            paramLabel = "N",
            description = "losses that the percentile rule remembers; default 1024")
    @Nullable
    Integer historySize;

    @Option(
            names = "--batching",
            paramLabel = "HOW",
            description = "shrink (a step per batch) or accumulate (a step per full batch of selected); default shrink")
    @Nullable
    String batching;

    @Option(names = "--losses", paramLabel = "WHICH", description = "fresh; stale:N comes later")
    @Nullable
    String losses;

    @Option(names = "--selection-scale", paramLabel = "F", description = "1; smaller ones come later")
    @Nullable
    String selectionScale;

    @Option(names = "--start", paramLabel = "F", description = "share of training before which all is kept; default 0")
    @Nullable
    String start;

    @Option(names = "--end", paramLabel = "F", description = "share of training after which all is kept; default 1")
    @Nullable
    String end;

    @Option(
            names = "--interrupt",
            paramLabel = "N",
            description = "keep all of every Nth batch; 0 = never, the default")
    @Nullable
    Integer interrupt;

    @Option(names = "--order", paramLabel = "ORDER", description = "what a diet drops: lowest, random or highest EL2N")
    @Nullable
    String order;

    @Option(names = "--balanced", description = "a diet drops the same share of every class")
    boolean balanced;

    @Option(
            names = "--score-set",
            paramLabel = "ID",
            description = "EL2N scores that are there already; default: scored first if a diet needs them")
    @Nullable
    String scoreSet;

    public @Nullable String scoreSet() {
        return scoreSet;
    }

    /** Whether the diet of this kind goes by EL2N scores. */
    public boolean needsScores(PolicyKind kind) {
        return kind.hasDiet() && (balanced || !"random".equals(order));
    }

    /**
     * Checks what can be checked without a service.
     *
     * @throws Refusal with the one line to show
     */
    public void check(List<PolicyKind> kinds) {
        if (losses != null && !losses.equals("fresh")) {
            if (losses.matches("stale(:.*)?")) {
                throw new Refusal("losses " + losses + " comes later, allowed is fresh");
            }
            throw Refusal.of("losses", losses, "fresh");
        }
        if (selectionScale != null && Share.parse("selection-scale", selectionScale) != 1) {
            throw new Refusal("selection-scale " + selectionScale + " comes later, allowed is 1");
        }
        oneOf("rule", rule, "rank", "percentile");
        oneOf("batching", batching, "shrink", "accumulate");
        oneOf("order", order, "lowest", "random", "highest");
        used("keep", keep, kinds.stream().anyMatch(PolicyKind::selects), "selects");
        used("pre-pruned", prePruned, kinds.stream().anyMatch(PolicyKind::hasDiet), "has a diet");
        used("order", order, kinds.stream().anyMatch(PolicyKind::hasDiet), "has a diet");
        used("balanced", balanced ? "" : null, kinds.stream().anyMatch(PolicyKind::hasDiet), "has a diet");
        used("score-set", scoreSet, kinds.stream().anyMatch(PolicyKind::hasDiet), "has a diet");
        used("rule", rule, kinds.stream().anyMatch(PolicyKind::goesByLoss), "goes by loss");
        if (historySize != null && (historySize < 1 || historySize > 1_000_000)) {
            throw Refusal.of("history-size", historySize, "[1, 1000000]");
        }
        if (interrupt != null && interrupt < 0) {
            throw Refusal.of("interrupt", interrupt, "0 (never) or more");
        }
        double from = share("start", start, 0);
        double to = share("end", end, 1);
        if (from < 0 || from > 1) {
            throw Refusal.of("start", start(), "[0, 1]");
        }
        if (to < from || to > 1) {
            throw Refusal.of("end", end == null ? "1" : end, "[start, 1]");
        }
        for (PolicyKind kind : kinds) {
            keepOf(kind);
        }
    }

    private String start() {
        return start == null ? "0" : start;
    }

    private static void oneOf(String field, @Nullable String value, String... allowed) {
        if (value != null && !List.of(allowed).contains(value)) {
            throw Refusal.of(field, value, "one of " + String.join(", ", allowed));
        }
    }

    private static void used(String field, @Nullable String value, boolean byAny, String what) {
        if (value != null && !byAny) {
            throw new Refusal(field + " is set, but no policy here " + what);
        }
    }

    private static double share(String field, @Nullable String text, double otherwise) {
        return text == null ? otherwise : Share.parse(field, text);
    }

    double prePrunedOf(PolicyKind kind) {
        double dropped = kind.hasDiet() ? share("pre-pruned", prePruned, PRE_PRUNED) : 0;
        if (!(dropped >= 0 && dropped < 1)) {
            throw Refusal.of("pre-pruned", Objects.requireNonNullElse(prePruned, "0"), "[0, 1)");
        }
        return dropped;
    }

    double keepOf(PolicyKind kind) {
        double dropped = prePrunedOf(kind);
        if (!kind.selects()) {
            return 1;
        }
        if (keep != null) {
            double kept = Share.parse("keep", keep);
            if (!(kept > 0 && kept <= 1)) {
                throw Refusal.of("keep", keep, "(0, 1]");
            }
            return kept;
        }
        if (dropped > TOTAL_PRUNED) {
            throw new Refusal("pre-pruned is " + prePruned + ", more than the half that is pruned in total by default:"
                    + " say with --keep how much of the rest to keep");
        }
        return (1 - TOTAL_PRUNED) / (1 - dropped);
    }

    /** The policy as every service takes it. */
    public ObjectNode json(PolicyKind kind, @Nullable String scores) {
        ObjectNode policy = JsonNodeFactory.instance.objectNode().put("kind", kind.label());
        if (kind.selects()) {
            policy.put("keep", keepOf(kind))
                    .put("batching", Objects.requireNonNullElse(batching, "shrink"))
                    .put("start", share("start", start, 0))
                    .put("end", share("end", end, 1))
                    .put("interrupt", Objects.requireNonNullElse(interrupt, 0));
        }
        if (kind.goesByLoss()) {
            String which = Objects.requireNonNullElse(rule, "rank");
            policy.put("rule", which);
            if (which.equals("percentile")) {
                policy.put("historySize", Objects.requireNonNullElse(historySize, 1024));
            }
        }
        if (kind.hasDiet()) {
            policy.put("prePruned", prePrunedOf(kind))
                    .put("order", Objects.requireNonNullElse(order, "lowest"))
                    .put("balanced", balanced);
            if (scores != null && needsScores(kind)) {
                policy.put("scoreSet", scores);
            }
        }
        return policy;
    }
}
