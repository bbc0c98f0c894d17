package org.dietsb.trainer.mask;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a run leaves out: for good (the diet) and of each batch. The trainer reads from it only what it must do itself:
 * whether to run a selection pass, when to train a batch whole, and how to spend a mask. The mask is the selector's.
 *
 * @param keep share of each batch, after the diet, that is backpropagated, in (0, 1]
 * @param historySize losses the percentile rule ranks against
 * @param start share of training, in [0, 1], before which batches are trained whole
 * @param end share of training, in [0, 1], from which on batches are trained whole
 * @param interrupt every so manieth batch is trained whole; 0 = never
 * @param prePruned share of all training examples that the diet drops, in [0, 1)
 * @param scoreSet which EL2N scores the diet goes by; null where it needs none
 */
public record Policy(
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
    public static final Policy BASELINE =
            new Policy(Kind.BASELINE, 1, Rule.RANK, 1024, Batching.SHRINK, 0, 1, 0, 0, DietOrder.LOWEST, false, null);

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
            return Policy.label(this);
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

    /** Whether its batches need a selection pass. */
    public boolean wantsLosses() {
        return kind.byLoss && keep < 1;
    }

    public boolean accumulates() {
        return kind.selects && batching == Batching.ACCUMULATE;
    }

    /**
     * Whether the schedule wants this batch trained whole.
     *
     * @param progress share of training done, in [0, 1)
     * @param batch from 0, within its epoch
     */
    public boolean trainsWhole(double progress, int batch) {
        boolean outside = progress < start || progress >= end;
        boolean interrupted = interrupt > 0 && batch % interrupt == interrupt - 1;
        return kind.selects && (outside || interrupted);
    }

    static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String labels(Enum<?>[] values) {
        return Arrays.stream(values).map(Policy::label).collect(Collectors.joining(", "));
    }

    static <E extends Enum<E>> Optional<E> named(Class<E> type, String label) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> label(value).equals(label))
                .findFirst();
    }
}
