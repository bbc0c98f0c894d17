package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it is asked for: which rule judges a batch, and which diet goes before it. The schedule (start, end,
 * interrupt) and the batching are the trainer's to obey; they are kept here because they are part of what is asked for.
 *
 * @param keep share of each batch, after the diet, that is backpropagated, in (0, 1]; for infobatch and repb the share that stays
 *     of the examples below the mean loss
 * @param historySize losses the percentile rule ranks against
 * @param lossesEvery every n-th epoch has selection passes, the others go by the losses of these; 1 = each
 * @param selectionScale side of a selection pass's images as a share of full size, in [0.25, 1]
 * @param start share of training, in [0, 1], before which batches are trained whole
 * @param end share of training, in [0, 1], from which on batches are trained whole
 * @param interrupt every n-th batch is trained whole; 0 = never
 * @param prePruned share of all training examples that the diet drops, in [0, 1)
 * @param scoreSet which EL2N scores the diet goes by, or own:N, the error norms of the run's own first N epochs; null where it needs none
 * @param of whose recorded masks a replay goes by: a run id, or a run id, @ and the record's checksum; null for all other kinds
 * @param proxy the model of another run, the proxy, by whose losses it is judged; null = by those of its own selection passes
 */
public record PolicySpec(
        Kind kind,
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
        @Nullable String proxy) {

    private static final Pattern MODEL = Pattern.compile("[a-z0-9][a-z0-9.-]{0,39}");
    private static final Pattern RECORD = Pattern.compile("[a-z0-9][a-z0-9.-]{0,79}(@[0-9a-f]{16})?");

    private static final Pattern OWN = Pattern.compile("own:([1-9]\\d{0,2}|1000)");

    /** Checks what this kind uses; a diet that needs no scores forgets its score set. */
    public PolicySpec {
        require(!kind.hasKeep() || (keep > 0 && keep <= 1), "keep", keep, "(0, 1]");
        require(
                kind.hasKeep() || keep == 1,
                "keep",
                keep,
                "1 for " + kind.label()
                        + (kind == Kind.REPLAY ? ", which keeps what was kept" : ", which trains on whole batches"));
        require(
                historySize >= (kind.byLoss && rule == Rule.PERCENTILE ? 1 : 0) && historySize <= LARGEST_HISTORY,
                "historySize",
                historySize,
                "[1, " + LARGEST_HISTORY + "]");
        require(
                lossesEvery >= 1 && lossesEvery <= 1_000,
                "losses",
                "stale:" + lossesEvery,
                "fresh or stale:N, N in [1, 1000]");
        require(selectionScale >= .25 && selectionScale <= 1, "selectionScale", selectionScale, "[0.25, 1]");
        require(start >= 0 && start <= 1, "start", start, "[0, 1]");
        require(end >= start && end <= 1, "end", end, "[start, 1], start is " + start);
        require(interrupt >= 0, "interrupt", interrupt, "0 (never) or more");
        require(prePruned >= 0 && prePruned < 1, "prePruned", prePruned, "[0, 1)");
        require(kind.diet || prePruned == 0, "prePruned", prePruned, "0 for " + kind.label() + ", which has no diet");
        boolean byScores = kind.diet && (order != DietOrder.RANDOM || balanced);
        if (byScores && (scoreSet == null || scoreSet.isBlank())) {
            throw new IllegalArgumentException("scoreSet is missing: the diet of " + kind.label()
                    + " goes by EL2N scores (only order random without balanced does not)");
        }
        scoreSet = byScores ? scoreSet : null;
        require(
                scoreSet == null
                        || !scoreSet.startsWith("own:")
                        || OWN.matcher(scoreSet).matches(),
                "scoreSet",
                String.valueOf(scoreSet),
                "the id of a score set, or own:N, N in [1, 1000]");
        if (kind == Kind.REPLAY && (of == null || !RECORD.matcher(of).matches())) {
            throw new IllegalArgumentException("of is " + (of == null ? "missing" : of)
                    + ", allowed is the id of a run whose masks are recorded, with @ and 16 hexadecimal digits"
                    + " one record of it");
        }
        require(kind == Kind.REPLAY || of == null, "of", String.valueOf(of), "none for " + kind.label());
        require(
                proxy == null || kind.byLoss,
                "losses",
                "proxy:" + proxy,
                "fresh for " + kind.label() + ", which goes by no losses");
        require(proxy == null || MODEL.matcher(proxy).matches(), "losses", "proxy:" + proxy, "proxy:MODEL");
        require(
                proxy == null || lossesEvery == 1,
                "losses",
                "stale:" + lossesEvery + " of a proxy",
                "fresh: a proxy has a selection pass in each epoch");
    }

    /** Of a kind that replays no run. */
    public PolicySpec(
            Kind kind,
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
            @Nullable String scoreSet) {
        this(
                kind,
                keep,
                rule,
                historySize,
                batching,
                lossesEvery,
                selectionScale,
                start,
                end,
                interrupt,
                prePruned,
                order,
                balanced,
                scoreSet,
                null,
                null);
    }

    /** Most losses that a run may remember. */
    public static final int LARGEST_HISTORY = 1_000_000;

    /** Every example of every batch. */
    public static final PolicySpec BASELINE = new PolicySpec(
            Kind.BASELINE, 1, Rule.RANK, 1024, Batching.SHRINK, 1, 1, 0, 1, 0, 0, DietOrder.LOWEST, false, null);

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }

    public enum Kind {
        BASELINE(false, false, false),
        RANDOM(true, false, false),
        SELECTIVE(true, true, false),
        DIET(false, false, true),
        DIET_SELECTIVE(true, true, true),
        DIET_RANDOM(true, false, true),
        INFOBATCH(false, false, false),
        REPB(false, false, false),
        /** What another run's masks selected. */
        REPLAY(true, false, false);

        private final boolean selects;
        private final boolean byLoss;
        private final boolean diet;

        Kind(boolean selects, boolean byLoss, boolean diet) {
            this.selects = selects;
            this.byLoss = byLoss;
            this.diet = diet;
        }

        /** Whether it selects within each batch. */
        public boolean selects() {
            return selects;
        }

        /** Whether it leaves out some of what the diet left, by batch or by epoch. */
        public boolean prunes() {
            return selects || byEpoch();
        }

        /** Whether an epoch is judged as a whole, by the losses of the training steps. */
        public boolean byEpoch() {
            return this == INFOBATCH || this == REPB;
        }

        /** Whether it has a keep of its own. */
        public boolean hasKeep() {
            return prunes() && this != REPLAY;
        }

        /** Whether batches are judged by their losses. */
        public boolean byLoss() {
            return byLoss;
        }

        public boolean hasDiet() {
            return diet;
        }

        /** The name used on the command line and in JSON. */
        public String label() {
            return PolicySpec.label(this);
        }
    }

    public enum Rule {
        RANK,
        PERCENTILE
    }

    public enum Batching {
        /** Each batch steps with what it kept. */
        SHRINK,
        /** What was kept queues up until a full batch is there. */
        ACCUMULATE
    }

    public enum DietOrder {
        LOWEST,
        RANDOM,
        HIGHEST
    }

    /** The same replay, of this record. */
    public PolicySpec replaying(String record) {
        return new PolicySpec(
                kind,
                keep,
                rule,
                historySize,
                batching,
                lossesEvery,
                selectionScale,
                start,
                end,
                interrupt,
                prePruned,
                order,
                balanced,
                scoreSet,
                record,
                proxy);
    }

    /** Share of all training examples that it backpropagates where it prunes; of infobatch's and repb's, the least that may come of it, of a replay's, the most. */
    public double backpropagated() {
        return keep * (1 - prePruned);
    }

    /**
     * What an epoch costs where it prunes, in passes over the training set, a selection pass counting a third of a trained example's
     * cost; of infobatch's and repb's, the least that may come of it, of a replay's, the most.
     */
    public double passes() {
        double selection = kind.byLoss && proxy == null ? selectionScale * selectionScale / lossesEvery : 0;
        return (1 - prePruned) * (selection + 3 * keep) / 3;
    }

    /** How many of the run's own first epochs its diet goes by, whose batches are trained whole; 0 = none, it goes by a score set. */
    public int ownEpochs() {
        Matcher own = OWN.matcher(scoreSet == null ? "" : scoreSet);
        return own.matches() ? Integer.parseInt(own.group(1)) : 0;
    }

    /** The name of the score set that the diet of this run goes by; null where it needs none. */
    public @Nullable String scoresOf(String runId) {
        return ownEpochs() > 0 ? runId + ".own" : scoreSet;
    }

    /** The rule that judges its batches. */
    public BatchRule batchRule() {
        if (keep == 1 || !kind.selects) {
            return new Baseline();
        }
        if (!kind.byLoss) {
            return new RandomBackprop(keep);
        }
        return rule == Rule.RANK ? new RankSelective(keep) : new PercentileSelective(keep, historySize);
    }

    /** Why it cannot judge batches of this size, in words; empty if it can. */
    public String unfitFor(int batchSize) {
        return batchRule() instanceof PercentileSelective && historySize < batchSize
                ? "historySize is " + historySize + ", allowed is at least the batch size, " + batchSize
                : "";
    }

    public static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static String labels(Enum<?>[] values) {
        return Arrays.stream(values).map(PolicySpec::label).collect(Collectors.joining(", "));
    }

    public static <E extends Enum<E>> Optional<E> named(Class<E> type, String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> label(value).equals(label))
                .findFirst();
    }
}
