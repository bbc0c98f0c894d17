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
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.contracts.policy.Policy.Rule;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.OfPolicy;
import org.dietsb.launcher.text.WrongUsage;
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

    public boolean hasProxy(Kind kind) {
        return losses != null && losses.isOfProxy() && kind.byLoss();
    }

    /** Whether this kind, or its diet, uses scores. */
    boolean goesByScores(Kind kind) {
        return kind.judgesByScores() || (kind.hasDiet() && (balanced || order != DietOrder.RANDOM));
    }

    /** Whether the diet uses the scores of a score set rather than of the run's own first epochs. */
    public boolean goesByScoreSet(Kind kind) {
        return kind.hasDiet() && goesByScores(kind) && (scoreSet == null || !scoreSet.startsWith("own:"));
    }

    /** Whether the diet uses scores that are not computed yet. */
    public boolean needsScores(Kind kind) {
        return kind.hasDiet() && goesByScores(kind) && scoreSet == null;
    }

    /** Rejects options that none of these kinds uses. */
    public void check(Collection<Kind> kinds) {
        used(keep, "--keep", kinds, Kind::hasKeep);
        used(batching, "--batching", kinds, Kind::selects);
        used(start, "--start", kinds, Kind::prunes);
        used(end, "--end", kinds, Kind::prunes);
        used(interrupt, "--interrupt", kinds, Kind::selects);
        used(rule, "--rule", kinds, Kind::hasRule);
        used(historySize, "--history-size", kinds, Kind::hasRule);
        if (historySize != null && rule != Rule.PERCENTILE) {
            throw new WrongUsage("--history-size needs --rule percentile");
        }
        used(losses, "--losses", kinds, Kind::byLoss);
        used(selectionScale, "--selection-scale", kinds, Kind::byLoss);
        used(prePruned, "--pre-pruned", kinds, Kind::hasDiet);
        used(order, "--order", kinds, Kind::hasDiet);
        used(balanced ? true : null, "--balanced", kinds, Kind::hasDiet);
        used(scoreSet, "--score-set", kinds, kind -> kind.hasDiet() || kind.judgesByScores());
        used(of, "--of", kinds, Kind::replays);
        numbers.forEach((number, value) -> {
            used(value, "--set " + number.label(), kinds, kind -> kind.parameters()
                    .contains(number));
            if (!number.allows(value)) {
                throw new WrongUsage("--set " + number.label() + " is " + value + ", allowed is " + number.allowed());
            }
        });
        if (scoreSet != null && kinds.stream().noneMatch(this::goesByScores)) {
            throw new WrongUsage("--score-set does not apply to --order random, which uses no scores");
        }
        kinds.stream().filter(Kind::judgesByScores).findFirst().ifPresent(kind -> {
            if (scoreSet == null || scoreSet.startsWith("own:")) {
                throw new WrongUsage("--score-set is " + (scoreSet == null ? "missing" : scoreSet) + ", allowed for "
                        + kind + " is the id of a score set: "
                        + (kind == Kind.RHO
                                ? "the losses of another run, see dietsb score-run"
                                : "one with classes, see dietsb score"));
            }
        });
        if (scoreSet != null && !Policy.isScoreSet(scoreSet)) {
            throw new WrongUsage(
                    "--score-set is " + scoreSet + ", allowed is the id of a score set, or own:N, N in [1, 1000]");
        }
    }

    private static void used(@Nullable Object given, String option, Collection<Kind> kinds, Predicate<Kind> use) {
        if (given != null && kinds.stream().noneMatch(use)) {
            throw new WrongUsage(option
                    + (kinds.isEmpty() ? " needs a policy" : " does not apply to " + words(kinds))
                    + ", it applies to "
                    + words(EnumSet.allOf(Kind.class).stream().filter(use).toList()));
        }
    }

    private static String words(Collection<Kind> kinds) {
        return kinds.stream().map(Kind::toString).collect(Collectors.joining(", "));
    }

    /**
     * Returns a policy of this kind as JSON, with the options that the kind uses.
     *
     * @param scores id of the score set of a diet unless --score-set is given; null = none
     */
    public ObjectNode toJson(Kind kind, @Nullable String scores) {
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

    private static double usual(PolicyField field, Kind kind) {
        return Share.parse(field.usual(kind));
    }

    private static void put(ObjectNode node, String field, @Nullable Object value) {
        if (value != null) {
            node.put(field, value.toString());
        }
    }
}
