package org.dietsb.selector.diet;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntToDoubleFunction;
import org.dietsb.contracts.RandomStream;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.selector.policy.Classes;
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
        Classes classes = Classes.of(required(scores).labels());
        for (int number = 0; number < classes.count(); number++) {
            drop(kept, classes, number, keys);
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

    /** Drops examples of a class. */
    private void drop(BitSet kept, Classes classes, int number, IntToDoubleFunction keys) {
        int size = classes.size(number);
        if (size > LARGE_CLASS) {
            BitSet all = new BitSet(kept.size());
            for (int place = 0; place < size; place++) {
                all.set(classes.example(number, place));
            }
            kept.andNot(Smallest.among(all, dropped(size), keys));
            return;
        }
        double[] ofClass = new double[size];
        Arrays.setAll(ofClass, place -> keys.applyAsDouble(classes.example(number, place)));
        for (int place : Smallest.places(ofClass, dropped(size))) {
            kept.clear(classes.example(number, place));
        }
    }

    /** Returns the bytes per example that a choice by these scores takes, besides some bits. */
    public int bytesPerExample(@Nullable ScoreSet scores) {
        return balanced ? Classes.bytesPerExample(required(scores).labels()) : 0;
    }

    private static ScoreSet required(@Nullable ScoreSet scores) {
        if (scores == null) {
            throw new IllegalArgumentException("this diet needs EL2N scores");
        }
        return scores;
    }
}
