package org.dietsb.selector.diet;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.selector.policy.Smallest;
import org.jspecify.annotations.Nullable;

/**
 * Drops examples for the whole run: floor(q N) of them, those with the lowest EL2N first (Paul et al. 2021), ties by lower index.
 * Orders random and highest are controls; a balanced diet drops floor(q N_c) of each class instead.
 *
 * @param prePruned q, in [0, 1)
 */
public record Diet(double prePruned, DietOrder order, boolean balanced) {
    /** Size of a class from which on its keys are not copied. */
    private static final int LARGE_CLASS = 100_000;
    /** Labels are sorted by two digits of so many bits, by one if all are below 65,536. */
    private static final int DIGIT_BITS = 16;

    /**
     * Returns the examples that are kept: bit i stands for example i.
     *
     * @param n size of the training set
     * @param seed of the run; order random depends on nothing else
     * @param scores null if the order is random and classes are not balanced
     */
    public BitSet kept(int n, long seed, @Nullable ScoreSet scores) {
        IntToDoubleFunction keys = keys(seed, scores);
        BitSet kept = new BitSet(n);
        kept.set(0, n);
        if (!balanced) {
            kept.andNot(Smallest.among(kept, dropped(n), keys));
            return kept;
        }
        int[] labels = required(scores).labels();
        int[] byLabel = byLabel(labels);
        for (int first = 0, end; first < n; first = end) {
            end = first + 1;
            while (end < n && labels[byLabel[end]] == labels[byLabel[first]]) {
                end++;
            }
            drop(kept, byLabel, first, end, keys);
        }
        return kept;
    }

    private IntToDoubleFunction keys(long seed, @Nullable ScoreSet scores) {
        switch (order) {
            case RANDOM -> {
                return RandomStream.of("diet", seed)::uniform;
            }
            case LOWEST -> {
                float[] ofExamples = required(scores).scores();
                return index -> ofExamples[index];
            }
            case HIGHEST -> {
                float[] ofExamples = required(scores).scores();
                return index -> -(double) ofExamples[index];
            }
        }
        throw new IllegalStateException("no order " + order);
    }

    private int dropped(int of) {
        return (int) Math.floor(prePruned * of + 1e-9);
    }

    /** Drops examples of a class: of those in [first, end). */
    private void drop(BitSet kept, int[] byLabel, int first, int end, IntToDoubleFunction keys) {
        int size = end - first;
        if (size > LARGE_CLASS) {
            BitSet all = new BitSet(kept.size());
            Arrays.stream(byLabel, first, end).forEach(all::set);
            kept.andNot(Smallest.among(all, dropped(size), keys));
            return;
        }
        double[] ofClass = new double[size];
        Arrays.setAll(ofClass, place -> keys.applyAsDouble(byLabel[first + place]));
        for (int place : Smallest.places(ofClass, dropped(size))) {
            kept.clear(byLabel[first + place]);
        }
    }

    /** Returns the bytes per example that a choice by these scores takes, besides some bits. */
    public int bytesPerExample(@Nullable ScoreSet scores) {
        return !balanced ? 0 : hasTwoDigits(required(scores).labels()) ? 2 * Integer.BYTES : Integer.BYTES;
    }

    private static boolean hasTwoDigits(int[] labels) {
        int all = 0;
        for (int label : labels) {
            all |= label;
        }
        return all >>> DIGIT_BITS != 0;
    }

    /** Returns all examples, those of a class together and in order. */
    private static int[] byLabel(int[] labels) {
        int[] byLow = sorted(labels, null, 0);
        return hasTwoDigits(labels) ? sorted(labels, byLow, DIGIT_BITS) : byLow;
    }

    /** Returns these examples, or all if null, by the digit of their label that begins at a bit; those with the same digit in their order. */
    private static int[] sorted(int[] labels, int @Nullable [] examples, int shift) {
        int[] starts = new int[(1 << DIGIT_BITS) + 1];
        for (int label : labels) {
            starts[digit(label, shift) + 1]++;
        }
        for (int digit = 0; digit < 1 << DIGIT_BITS; digit++) {
            starts[digit + 1] += starts[digit];
        }
        int[] sorted = new int[labels.length];
        for (int i = 0; i < sorted.length; i++) {
            int example = examples == null ? i : examples[i];
            sorted[starts[digit(labels[example], shift)]++] = example;
        }
        return sorted;
    }

    private static int digit(int label, int shift) {
        return (label >>> shift) & ((1 << DIGIT_BITS) - 1);
    }

    private static ScoreSet required(@Nullable ScoreSet scores) {
        if (scores == null) {
            throw new IllegalArgumentException("this diet needs EL2N scores");
        }
        return scores;
    }
}
