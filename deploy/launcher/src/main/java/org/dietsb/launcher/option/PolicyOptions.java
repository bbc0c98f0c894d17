package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.contracts.policy.Policy.Rule;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a policy. */
@Heading("Policy")
public final class PolicyOptions {
    @InRange("(0, 1]")
    @Option(
            names = "--keep",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description =
                    "share of each batch, after the diet, to backpropagate, in (0, 1]; default 1/2, with a diet "
                            + "2/3; for infobatch, bls and repb the share of the examples below the mean loss, for orderdp, rs2 and rcap of all")
    @Nullable
    Double keep;

    @InRange("[0, 1): more would leave nothing to train on")
    @Option(
            names = "--pre-pruned",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description = "share of all examples that a diet drops before training, in [0, 1); default 1/4")
    @Nullable
    Double prePruned;

    @Option(
            names = "--rule",
            paramLabel = "RULE",
            description = "how the losses of a batch select examples: ${COMPLETION-CANDIDATES}; default rank")
    @Nullable
    public Rule rule;

    @Option(
            names = "--batching",
            paramLabel = "HOW",
            description = "step on the kept examples of each batch, or collect a full batch first: "
                    + "${COMPLETION-CANDIDATES}; default shrink")
    @Nullable
    Batching batching;

    @Option(
            names = "--losses",
            paramLabel = "LOSSES",
            description = "fresh: a selection pass in each epoch; stale:N: in every N-th epoch, whose losses "
                    + "are used until the next; proxy:MODEL: none, the losses come from a small model that a second "
                    + "trainer trains on the same batches; default fresh")
    @Nullable
    Losses losses;

    @InRange("[1/4, 1]")
    @Option(
            names = "--selection-scale",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description =
                    "side length of images in selection passes as a share of the full size, in [1/4, 1]; default 1")
    @Nullable
    Double selectionScale;

    @InRange("[0, 1]")
    @Option(
            names = "--start",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description = "share of training before which everything is trained, in [0, 1]; default 0")
    @Nullable
    Double start;

    @InRange("[0, 1]")
    @Option(
            names = "--end",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description =
                    "share of training from which on everything is trained, in [start, 1]; default 1, for infobatch, bls "
                            + "and seta 7/8, for progressive 0.9")
    @Nullable
    Double end;

    @InRange(value = "[0, 2147483647]", text = "0 (never) or more")
    @Option(
            names = "--interrupt",
            paramLabel = "N",
            description = "every N-th batch is trained whole; default 0, never")
    @Nullable
    Integer interrupt;

    @InRange("[1, 1000000]")
    @Option(
            names = "--history-size",
            paramLabel = "N",
            description =
                    "number of losses that --rule percentile ranks a loss against; default " + Policy.DEFAULT_HISTORY)
    @Nullable
    Integer historySize;

    @Option(names = "--balanced", description = "have a diet drop the same share of each class")
    boolean balanced;

    @Option(
            names = "--order",
            paramLabel = "ORDER",
            description = "which examples by EL2N score a diet drops: ${COMPLETION-CANDIDATES}; default lowest")
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
            policy.put("keep", keep != null ? keep : kind.hasDiet() ? 2.0 / 3 : .5);
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
            policy.put("prePruned", prePruned != null ? prePruned : .25);
            put(policy, "order", order);
            policy.put("balanced", balanced);
            put(policy, "scoreSet", scoreSet != null ? scoreSet : scores);
        }
        return policy;
    }

    private static void put(ObjectNode node, String field, @Nullable Object value) {
        if (value != null) {
            node.put(field, value.toString());
        }
    }
}
