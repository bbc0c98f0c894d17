package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A policy as it is asked for: which rule judges a batch, and which diet goes before it. The schedule (start, end,
 * interrupt) and the batching are the trainer's to obey; they are kept here because they are part of what is asked for.
 *
 * @param keep share of each batch, after the diet, that is backpropagated, in (0, 1]
 * @param historySize losses the percentile rule ranks against
 * @param start share of training, in [0, 1], before which batches are trained whole
 * @param end share of training, in [0, 1], from which on batches are trained whole
 * @param interrupt every so manieth batch is trained whole; 0 = never
 * @param prePruned share of all training examples that the diet drops, in [0, 1)
 * @param scoreSet which EL2N scores the diet goes by; null where it needs none
 */
public record PolicySpec(
        Kind kind,
        double keep,
        Rule rule,
        int historySize,
        Batching batching,
        double start,
        double end,
        int interrupt,
        double prePruned,
        DietOrder order,
        boolean balanced,
        @Nullable String scoreSet) {

    /** Every example of every batch. */
    public static final PolicySpec BASELINE = new PolicySpec(
            Kind.BASELINE, 1, Rule.RANK, 1024, Batching.SHRINK, 0, 1, 0, 0, DietOrder.LOWEST, false, null);

    public enum Kind {
        BASELINE(false, false, false),
        RANDOM(true, false, false),
        SELECTIVE(true, true, false),
        DIET(false, false, true),
        DIET_SELECTIVE(true, true, true),
        DIET_RANDOM(true, false, true);

        private final boolean selects;
        private final boolean byLoss;
        private final boolean diet;

        Kind(boolean selects, boolean byLoss, boolean diet) {
            this.selects = selects;
            this.byLoss = byLoss;
            this.diet = diet;
        }

        public boolean selects() {
            return selects;
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
