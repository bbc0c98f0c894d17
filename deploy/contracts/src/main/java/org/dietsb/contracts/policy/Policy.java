package org.dietsb.contracts.policy;

import java.util.Map;
import java.util.Objects;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.Violations;
import org.jspecify.annotations.Nullable;

/**
 * What a run leaves out: for good, by its diet, and of each batch or epoch. The selector computes the masks; the trainer runs the
 * selection passes and obeys schedule (start, end, interrupt) and batching.
 *
 * @param keep share of each batch, after the diet, that is backpropagated, in (0, 1]; for infobatch, bls and repb the share that stays
 *     of the examples below the mean loss, for orderdp, rs2 and rcap of all examples
 * @param historySize losses the percentile rule ranks against
 * @param lossesEvery every n-th epoch has selection passes, the others reuse the losses of these; 1 = each epoch
 * @param selectionScale side of a selection pass's images as a share of full size, in [0.25, 1]
 * @param start share of training, in [0, 1], before which batches are trained whole
 * @param end share of training, in [0, 1], from which on batches are trained whole
 * @param interrupt every n-th batch is trained whole; 0 = never
 * @param prePruned share of all training examples that the diet drops, in [0, 1)
 * @param scoreSet EL2N scores of the diet, or own:N, the error norms of the run's own first N epochs; for rho the losses of a
 *     reference, for rcap the classes; null if the kind, or its diet, needs none
 * @param of run whose recorded masks replay and random-like use: a run id, or a run id, @ and the record's checksum; null for other
 *     kinds
 * @param proxy model of another run, the proxy, whose losses judge the batches; null = losses of the run's own selection passes
 * @param numbers what only this kind has: each of its parameters
 */
public record Policy(
        PolicyKind kind,
        double keep,
        Rule rule,
        int historySize,
        Batching batching,
        int lossesEvery,
        double selectionScale,
        double start,
        double end,
        int interrupt,
        double prePruned,
        DietOrder order,
        boolean balanced,
        @Nullable String scoreSet,
        @Nullable String of,
        @Nullable String proxy,
        Map<Parameter, Double> numbers) {

    /** Number of losses that the percentile rule ranks against by default. */
    public static final int DEFAULT_HISTORY = 1_024;

    /** Largest number of losses that a run remembers. */
    public static final int LARGEST_HISTORY = 1_000_000;

    /** Trains on every example of every batch. */
    public static final Policy BASELINE = ofKind(PolicyKind.BASELINE).build();

    /**
     * Checks what this kind uses. A diet that needs no scores drops its score set.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public Policy {
        Violations wrong = new Violations();
        if (kind.hasKeep()) {
            wrong.check(PolicyField.KEEP, keep);
        } else {
            wrong.require(
                    keep == 1,
                    "keep",
                    keep,
                    "1 for " + kind
                            + (kind.replays()
                                    ? ", which keeps what was kept"
                                    : kind.prunes() ? ", which has no keep" : ", which trains on whole batches"));
        }
        wrong.require(
                historySize >= (kind.byLoss() && rule == Rule.PERCENTILE ? 1 : 0) && historySize <= LARGEST_HISTORY,
                "historySize",
                historySize,
                PolicyField.HISTORY_SIZE.allowed());
        wrong.require(
                lossesEvery >= 1 && lossesEvery <= 1_000,
                "losses",
                "stale:" + lossesEvery,
                "fresh or stale:N, N in [1, 1000]");
        wrong.check(PolicyField.SELECTION_SCALE, selectionScale);
        wrong.check(PolicyField.START, start);
        wrong.require(
                (wrong.has("start") ? end >= 0 : end >= start) && end <= 1,
                "end",
                end,
                wrong.has("start") ? "[0, 1]" : "[start, 1], start is " + start);
        wrong.check(PolicyField.INTERRUPT, interrupt);
        wrong.check(PolicyField.PRE_PRUNED, prePruned);
        wrong.require(
                kind.hasDiet() || wrong.has("prePruned") || prePruned == 0,
                "prePruned",
                prePruned,
                "0 for " + kind + ", which has no diet");
        wrong.require(
                rule == Rule.RANK || kind.hasRule() || !kind.byLoss(),
                "rule",
                rule,
                "none for " + kind + ", which keeps the highest");
        String given = scoreSet;
        scoreSet = wrong.orNull(() -> PolicyNames.scoreSet(kind, order != DietOrder.RANDOM || balanced, given));
        PolicyNames.checkRecord(kind, of, wrong);
        PolicyNames.checkProxy(kind, proxy, lossesEvery, wrong);
        numbers = Parameter.complete(kind, numbers, wrong);
        wrong.orThrow();
    }

    /** Returns a number of this kind. */
    public double number(Parameter parameter) {
        return Objects.requireNonNull(numbers.get(parameter), () -> parameter + " of " + kind);
    }

    /** What a loss is ranked against. */
    public enum Rule {
        /** The losses of its batch. */
        RANK,
        /** A history of losses. */
        PERCENTILE;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** How training steps are made of selected examples. */
    public enum Batching {
        /** Each batch steps with the examples it kept. */
        SHRINK,
        /** Kept examples queue until there is a full batch. */
        ACCUMULATE;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** Which examples a diet drops, by their EL2N scores. */
    public enum DietOrder {
        LOWEST,
        RANDOM,
        HIGHEST;

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** Returns the number of the run's own first epochs that its diet uses and that are trained whole; 0 = none. */
    public int ownEpochs() {
        return PolicyNames.ownEpochs(scoreSet);
    }

    /** Returns whether it uses a score set that something else than its own run publishes. */
    public boolean namesScoreSet() {
        return scoreSet != null && ownEpochs() == 0;
    }

    /** Returns the id of the score set that this run uses; null if it uses none. */
    public @Nullable String scoresOf(String runId) {
        return ownEpochs() > 0 ? ownScores(runId) : scoreSet;
    }

    /** Returns the id of the score set of a run's own first epochs. */
    public static String ownScores(String runId) {
        return runId + ".own";
    }

    /** Returns whether a policy may name this score set; those that begin with {@code own:} stand for a number of epochs. */
    public static boolean isScoreSet(String scoreSet) {
        return !scoreSet.startsWith(PolicyNames.OWN) || PolicyNames.ownEpochs(scoreSet) > 0;
    }

    /** Returns why this policy cannot judge batches of this size; empty if it can. */
    public String unfitFor(int batchSize) {
        boolean ranksAgainstHistory = kind.byLoss() && keep < 1 && rule == Rule.PERCENTILE;
        return ranksAgainstHistory && historySize < batchSize
                ? "historySize is " + historySize + ", allowed is at least the batch size, " + batchSize
                : "";
    }

    /** Begins a policy of this kind, every parameter at its default. */
    public static PolicyBuilder ofKind(PolicyKind kind) {
        return new PolicyBuilder(kind);
    }

    /** Begins a policy that differs from this one in what is then set. */
    public PolicyBuilder but() {
        return new PolicyBuilder(this);
    }
}
