package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.field.Share;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.contracts.policy.Policy.Rule;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OfPolicy;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a policy. Shares may be written as 1/2, 50 % or .5. */
@Heading("Policy")
public final class PolicyOptions {
    @OfPolicy(PolicyField.KEEP)
    @Option(
            names = "--keep",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description =
                    "for infobatch, bls and repb of the examples below the mean loss, for orderdp, rs2 and rcap of all; like every share, as 1/2, 50 %% or .5")
    @Nullable
    Double keep;

    @OfPolicy(PolicyField.PRE_PRUNED)
    @Option(names = "--pre-pruned", paramLabel = "SHARE", converter = Fraction.class)
    @Nullable
    Double prePruned;

    @OfPolicy(PolicyField.RULE)
    @Option(names = "--rule", paramLabel = "RULE")
    @Nullable
    public Rule rule;

    @OfPolicy(PolicyField.BATCHING)
    @Option(names = "--batching", paramLabel = "HOW")
    @Nullable
    Batching batching;

    @OfPolicy(PolicyField.LOSSES)
    @Option(names = "--losses", paramLabel = "LOSSES")
    @Nullable
    Losses losses;

    @OfPolicy(PolicyField.SELECTION_SCALE)
    @Option(names = "--selection-scale", paramLabel = "SHARE", converter = Fraction.class)
    @Nullable
    Double selectionScale;

    @OfPolicy(PolicyField.START)
    @Option(names = "--start", paramLabel = "SHARE", converter = Fraction.class)
    @Nullable
    Double start;

    @OfPolicy(PolicyField.END)
    @Option(names = "--end", paramLabel = "SHARE", converter = Fraction.class)
    @Nullable
    Double end;

    @OfPolicy(PolicyField.INTERRUPT)
    @Option(names = "--interrupt", paramLabel = "N")
    @Nullable
    Integer interrupt;

    @OfPolicy(PolicyField.HISTORY_SIZE)
    @Option(names = "--history-size", paramLabel = "N")
    @Nullable
    Integer historySize;

    @OfPolicy(PolicyField.BALANCED)
    @Option(names = "--balanced")
    boolean balanced;

    @OfPolicy(PolicyField.ORDER)
    @Option(names = "--order", paramLabel = "ORDER")
    @Nullable
    DietOrder order;

    @Option(
            names = "--score-set",
            paramLabel = "ID",
            description =
                    "id of the EL2N scores of a diet; by default train computes them. own:N = the error norms of the"
                            + " run's own first N epochs, which are trained whole, at no extra cost. For rho, which needs"
                            + " one: the losses of another run, see dietsb score-run. For rcap, which needs one: its classes count")
    @Nullable
    public String scoreSet;

    @Option(
            names = "--of",
            paramLabel = "RUN",
            description = "run whose recorded masks replay uses, RUN or RUN@CHECKSUM (see dietsb records)")
    @Nullable
    public String of;

    @Option(
            names = "--set",
            paramLabel = "NAME=NUMBER",
            converter = {ParameterName.class, Fraction.class},
            description =
                    "a number that only some kinds have, such as --set tau=.7; may be repeated. orderdp: draw; "
                            + "progressive: tau, gamma, recheck; seta: drop, groups, window; repb: cap; bls: smoothing; ies: delta, recheck; rcap: beta. See dietsb policy --catalogue")
    private Map<Parameter, Double> numbers = new EnumMap<>(Parameter.class);

    /** Returns the number of losses that --rule percentile ranks against. */
    public int history() {
        return historySize == null ? Policy.DEFAULT_HISTORY : historySize;
    }

    public boolean hasProxy(PolicyKind kind) {
        return losses != null && losses.isOfProxy() && kind.byLoss();
    }

    /** Whether this kind, or its diet, uses scores. */
    boolean goesByScores(PolicyKind kind) {
        return kind.judgesByScores() || (kind.hasDiet() && (balanced || order != DietOrder.RANDOM));
    }

    /** Whether the diet uses the scores of a score set rather than of the run's own first epochs. */
    public boolean goesByScoreSet(PolicyKind kind) {
        return kind.hasDiet() && goesByScores(kind) && (scoreSet == null || !scoreSet.startsWith("own:"));
    }

    /** Whether the diet uses scores that are not computed yet. */
    public boolean needsScores(PolicyKind kind) {
        return kind.hasDiet() && goesByScores(kind) && scoreSet == null;
    }

    /** Notes options that none of these kinds uses. */
    public void check(Collection<PolicyKind> kinds, Mistakes mistakes) {
        Uses uses = new Uses(kinds, mistakes);
        uses.check(keep, "--keep", PolicyKind::hasKeep);
        uses.check(batching, "--batching", PolicyKind::selects);
        uses.check(start, "--start", PolicyKind::prunes);
        uses.check(end, "--end", PolicyKind::prunes);
        uses.check(interrupt, "--interrupt", PolicyKind::selects);
        uses.check(rule, "--rule", PolicyKind::hasRule);
        uses.check(historySize, "--history-size", PolicyKind::hasRule);
        mistakes.unless(historySize == null || rule == Rule.PERCENTILE, "--history-size needs --rule percentile");
        uses.check(losses, "--losses", PolicyKind::byLoss);
        uses.check(selectionScale, "--selection-scale", PolicyKind::byLoss);
        uses.check(prePruned, "--pre-pruned", PolicyKind::hasDiet);
        uses.check(order, "--order", PolicyKind::hasDiet);
        uses.check(balanced ? true : null, "--balanced", PolicyKind::hasDiet);
        uses.check(scoreSet, "--score-set", kind -> kind.hasDiet() || kind.judgesByScores());
        uses.check(of, "--of", PolicyKind::replays);
        numbers.forEach((number, value) -> {
            uses.check(
                    value, "--set " + number.label(), kind -> kind.parameters().contains(number));
            mistakes.unless(number.allows(value), "--set " + number.label(), value, number.allowed());
        });
        mistakes.unless(
                scoreSet == null
                        || kinds.stream().noneMatch(PolicyKind::hasDiet)
                        || kinds.stream().anyMatch(this::goesByScores),
                "--score-set does not apply to --order random, which uses no scores");
        kinds.stream()
                .filter(PolicyKind::judgesByScores)
                .forEach(kind -> mistakes.unless(
                        scoreSet != null && !scoreSet.startsWith("own:"),
                        "--score-set is " + (scoreSet == null ? "missing" : scoreSet) + ", allowed for " + kind
                                + " is the id of a score set: "
                                + (kind == PolicyKind.RHO
                                        ? "the losses of another run, see dietsb score-run"
                                        : "one with classes, see dietsb score")));
        mistakes.unless(
                scoreSet == null || Policy.isScoreSet(scoreSet),
                "--score-set",
                String.valueOf(scoreSet),
                "the id of a score set, or own:N, N in [1, 1000]");
    }

    /** Checks that a kind among these uses an option. */
    private record Uses(Collection<PolicyKind> kinds, Mistakes mistakes) {
        void check(@Nullable Object given, String option, Predicate<PolicyKind> use) {
            mistakes.unless(
                    given == null || kinds.stream().anyMatch(use),
                    option
                            + (kinds.isEmpty() ? " needs a policy" : " does not apply to " + words(kinds))
                            + ", it applies to "
                            + words(EnumSet.allOf(PolicyKind.class).stream()
                                    .filter(use)
                                    .toList()));
        }
    }

    private static String words(Collection<PolicyKind> kinds) {
        return kinds.stream().map(PolicyKind::toString).collect(Collectors.joining(", "));
    }

    /**
     * Returns a policy of this kind as JSON, with the options that the kind uses.
     *
     * @param scores id of the score set of a diet unless --score-set is given; null = none
     */
    public ObjectNode toJson(PolicyKind kind, @Nullable String scores) {
        ObjectNode policy = Json.object().put("kind", kind.toString());
        if (kind.replays()) {
            put(policy, "of", of);
        }
        if (kind.hasKeep()) {
            policy.put("keep", keep != null ? keep : usual(PolicyField.KEEP, kind));
        }
        if (kind.selects()) {
            put(policy, "batching", batching);
            if (interrupt != null) {
                policy.put("interrupt", interrupt);
            }
        }
        if (kind.hasRule()) {
            put(policy, "rule", rule);
            if (historySize != null) {
                policy.put("historySize", historySize);
            }
        }
        if (kind.judgesByScores()) {
            put(policy, "scoreSet", scoreSet);
        }
        if (kind.byLoss()) {
            put(policy, "losses", losses);
            if (selectionScale != null) {
                policy.put("selectionScale", selectionScale);
            }
        }
        if (kind.prunes() && start != null) {
            policy.put("start", start);
        }
        if (kind.prunes() && end != null) {
            policy.put("end", end);
        }
        kind.parameters().stream()
                .filter(numbers::containsKey)
                .forEach(number -> policy.put(number.label(), numbers.get(number)));
        if (kind.hasDiet()) {
            policy.put("prePruned", prePruned != null ? prePruned : usual(PolicyField.PRE_PRUNED, kind));
            put(policy, "order", order);
            policy.put("balanced", balanced);
            put(policy, "scoreSet", scoreSet != null ? scoreSet : scores);
        }
        return policy;
    }

    private static double usual(PolicyField field, PolicyKind kind) {
        return Share.parse(field.usual(kind));
    }

    private static void put(ObjectNode node, String field, @Nullable Object value) {
        if (value != null) {
            node.put(field, value.toString());
        }
    }
}
