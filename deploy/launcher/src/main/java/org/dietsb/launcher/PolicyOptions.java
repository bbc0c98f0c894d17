package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.EnumSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Batching;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.contracts.policy.Policy.Rule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of a policy, and the policy as JSON. */
final class PolicyOptions {
    @Option(
            names = "--keep",
            description = "share of each batch, after the diet, to backpropagate, in (0, 1]; "
                    + "default 1/2, with a diet 2/3; infobatch, repb: of the examples below the mean loss")
    @Nullable
    Fraction keep;

    @Option(
            names = "--pre-pruned",
            description = "share of all examples a diet drops before training, in [0, 1); default 1/4")
    @Nullable
    Fraction prePruned;

    @Option(names = "--rule", description = "how losses judge a batch: ${COMPLETION-CANDIDATES}; default rank")
    @Nullable
    Rule rule;

    @Option(
            names = "--batching",
            description = "step with what a batch kept, or queue for a full batch: ${COMPLETION-CANDIDATES}; "
                    + "default shrink")
    @Nullable
    Batching batching;

    @Option(
            names = "--losses",
            description = "selection passes in each epoch, fresh (default), or in every N-th, stale:N, whose losses"
                    + " are used between, or none: proxy:MODEL, those of a small model that a second trainer trains beside"
                    + " on the same batches")
    @Nullable
    Losses losses;

    @Option(
            names = "--selection-scale",
            description = "side of a selection pass's images, of their full size, in [1/4, 1]; default 1")
    @Nullable
    Fraction selectionScale;

    @Option(names = "--balanced", description = "a diet drops the same share of each class")
    boolean balanced;

    @Option(
            names = "--order",
            description = "which examples a diet drops, by EL2N: ${COMPLETION-CANDIDATES}; default lowest")
    @Nullable
    DietOrder order;

    @Option(
            names = "--score-set",
            description =
                    "EL2N scores of a diet; train computes them if none is named. own:N = for nothing, the error norms of the "
                            + "run's own first N epochs, which are trained whole")
    @Nullable
    String scoreSet;

    @Option(
            names = "--of",
            paramLabel = "RUN",
            description = "run whose recorded masks replay goes by, RUN or RUN@CHECKSUM (see dietsb records)")
    @Nullable
    String of;

    /** Whether runs of this kind have a proxy. */
    boolean hasProxy(Kind kind) {
        return losses != null && losses.isOfProxy() && kind.byLoss();
    }

    /** Whether the diet of this kind goes by EL2N scores. */
    boolean goesByScores(Kind kind) {
        return kind.hasDiet() && (balanced || order != DietOrder.RANDOM);
    }

    /** Whether it does and they are those of a score set, not of the run's own first epochs. */
    boolean goesByScoreSet(Kind kind) {
        return goesByScores(kind) && (scoreSet == null || !scoreSet.startsWith("own:"));
    }

    /** Whether it does and they are yet to be found. */
    boolean needsScores(Kind kind) {
        return goesByScores(kind) && scoreSet == null;
    }

    /** Refuses what is out of range, and what none of these kinds uses. */
    void check(Collection<Kind> kinds) {
        used(keep, "--keep", kinds, Kind::hasKeep);
        used(batching, "--batching", kinds, Kind::selects);
        used(rule, "--rule", kinds, Kind::byLoss);
        used(losses, "--losses", kinds, Kind::byLoss);
        used(selectionScale, "--selection-scale", kinds, Kind::byLoss);
        used(prePruned, "--pre-pruned", kinds, Kind::hasDiet);
        used(order, "--order", kinds, Kind::hasDiet);
        used(balanced ? true : null, "--balanced", kinds, Kind::hasDiet);
        used(scoreSet, "--score-set", kinds, Kind::hasDiet);
        used(of, "--of", kinds, kind -> kind == Kind.REPLAY);
        if (scoreSet != null && kinds.stream().noneMatch(this::goesByScores)) {
            throw new WrongUsage("--score-set is of no use with --order random, which goes by no scores");
        }
        if (scoreSet != null && !Policy.isScoreSet(scoreSet)) {
            throw new WrongUsage(
                    "--score-set is " + scoreSet + ", allowed is the id of a score set, or own:N, N in [1, 1000]");
        }
        if (keep != null) {
            double share = keep.value();
            WrongUsage.unless(share > 0 && share <= 1, "--keep", share, "(0, 1]");
        }
        if (prePruned != null) {
            double share = prePruned.value();
            WrongUsage.unless(
                    share >= 0 && share < 1, "--pre-pruned", share, "[0, 1): more would leave nothing to train on");
        }
        if (selectionScale != null) {
            double scale = selectionScale.value();
            WrongUsage.unless(scale >= .25 && scale <= 1, "--selection-scale", scale, "[1/4, 1]");
        }
    }

    private static void used(@Nullable Object given, String option, Collection<Kind> kinds, Predicate<Kind> use) {
        if (given != null && kinds.stream().noneMatch(use)) {
            throw new WrongUsage(option + " is of no use "
                    + (kinds.isEmpty() ? "without a policy" : "to " + words(kinds))
                    + ", it is for "
                    + words(EnumSet.allOf(Kind.class).stream().filter(use).toList()));
        }
    }

    private static String words(Collection<Kind> kinds) {
        return kinds.stream().map(Kind::toString).collect(Collectors.joining(", "));
    }

    /** The policy of this kind, as far as it was said; what a kind has no use for is left out. */
    ObjectNode toJson(Kind kind, @Nullable String scores) {
        ObjectNode policy = Rest.JSON.createObjectNode().put("kind", kind.toString());
        if (kind == Kind.REPLAY) {
            put(policy, "of", of);
        }
        if (kind.hasKeep()) {
            policy.put("keep", share(keep, kind.hasDiet() ? 2.0 / 3 : .5));
        }
        if (kind.selects()) {
            put(policy, "batching", batching);
        }
        if (kind.byLoss()) {
            put(policy, "rule", rule);
            put(policy, "losses", losses);
            if (selectionScale != null) {
                policy.put("selectionScale", selectionScale.value());
            }
        }
        if (kind.hasDiet()) {
            policy.put("prePruned", share(prePruned, .25));
            put(policy, "order", order);
            policy.put("balanced", balanced);
            put(policy, "scoreSet", scoreSet != null ? scoreSet : scores);
        }
        return policy;
    }

    private static double share(@Nullable Fraction given, double otherwise) {
        return given == null ? otherwise : given.value();
    }

    private static void put(ObjectNode node, String field, @Nullable Object value) {
        if (value != null) {
            node.put(field, value.toString());
        }
    }
}
