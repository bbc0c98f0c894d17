package org.dietsb.selector.diet;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
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

    /**
     * Returns the examples that are kept: bit i stands for example i.
     *
     * @param n size of the training set
     * @param seed of the run; order random depends on nothing else
     * @param scores null if the order is random and classes are not balanced
     */
    public BitSet kept(int n, long seed, @Nullable ScoreSet scores) {
        double[] keys = new double[n];
        Arrays.setAll(keys, index -> switch (order) {
            case LOWEST -> required(scores).scores()[index];
            case HIGHEST -> -(double) required(scores).scores()[index];
            case RANDOM -> RandomStream.uniform("diet", seed, index);
        });
        BitSet kept = new BitSet(n);
        kept.set(0, n);
        for (int[] group : groups(n, scores)) {
            double[] groupKeys =
                    Arrays.stream(group).mapToDouble(index -> keys[index]).toArray();
            int dropped = (int) Math.floor(prePruned * group.length + 1e-9);
            for (int place : Smallest.places(groupKeys, dropped)) {
                kept.clear(group[place]);
            }
        }
        return kept;
    }

    private Iterable<int[]> groups(int n, @Nullable ScoreSet scores) {
        if (!balanced) {
            return List.of(IntStream.range(0, n).toArray());
        }
        int[] labels = required(scores).labels();
        long[] byLabel = new long[n];
        Arrays.setAll(byLabel, index -> (long) labels[index] << 32 | index);
        Arrays.sort(byLabel);
        return () -> new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < n;
            }

            @Override
            public int[] next() {
                int first = next;
                long label = byLabel[first] >> 32;
                while (next < n && byLabel[next] >> 32 == label) {
                    next++;
                }
                return Arrays.stream(byLabel, first, next)
                        .mapToInt(key -> (int) key)
                        .toArray();
            }
        };
    }

    private static ScoreSet required(@Nullable ScoreSet scores) {
        if (scores == null) {
            throw new IllegalArgumentException("this diet needs EL2N scores");
        }
        return scores;
    }
}
