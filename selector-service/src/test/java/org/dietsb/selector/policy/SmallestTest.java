package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SmallestTest {

    @Test
    void findsTheKeysThatSortingPutsFirst() {
        Random random = new Random(1);
        for (int n = 1; n <= 300; n++) {
            double[] few = new double[n];
            double[] many = new double[n];
            double[] ascending = new double[n];
            double[] descending = new double[n];
            for (int i = 0; i < n; i++) {
                few[i] = random.nextInt(5);
                many[i] = random.nextGaussian();
                ascending[i] = i;
                descending[i] = -i;
            }
            for (double[] keys : new double[][] {few, many, ascending, descending}) {
                for (int m : new int[] {0, 1, n / 3, n / 2, n - 1, n}) {
                    assertThat(Smallest.places(keys, m)).isEqualTo(ByTheBook.smallest(keys, m));
                }
            }
        }
    }

    @Test
    void findsTheSameAmongCandidatesWithoutKeepingTheirKeys() {
        Random random = new Random(2);
        for (int n = 1; n <= 300; n++) {
            same(random.doubles(n).toArray(), random, .5);
            same(random.ints(n, 0, 5).asDoubleStream().toArray(), random, 1);
        }
    }

    @Test
    void findsTheSameAmongSoManyThatTheirKeysAreNotCopied() {
        Random random = new Random(3);
        int n = 1_500_000;
        same(random.doubles(n).toArray(), random, .9);
        same(random.ints(n, 0, 3).asDoubleStream().toArray(), random, 1);
        same(random.doubles(n, 1, 1 + 0x1p-20).toArray(), random, 1);
        same(new double[n], random, 1);
    }

    private static void same(double[] keys, Random random, double share) {
        BitSet candidates = new BitSet();
        for (int i = 0; i < keys.length; i++) {
            candidates.set(i, random.nextDouble() < share);
        }
        int[] of = candidates.stream().toArray();
        double[] ofCandidates = IntStream.of(of).mapToDouble(i -> keys[i]).toArray();
        for (int m : new int[] {0, Math.min(1, of.length), of.length / 3, of.length}) {
            BitSet expected = new BitSet();
            IntStream.of(Smallest.places(ofCandidates, m)).forEach(place -> expected.set(of[place]));
            assertThat(Smallest.among(candidates, m, i -> keys[i]).equals(expected))
                    .as("%s of %s", m, of.length)
                    .isTrue();
        }
    }

    @Test
    void ordersEveryKindOfDouble() {
        double[] keys = {Double.NaN, Double.POSITIVE_INFINITY, 0., -0., -1, Double.NEGATIVE_INFINITY, Double.NaN, 0.};
        for (int m = 0; m <= keys.length; m++) {
            assertThat(Smallest.places(keys, m)).isEqualTo(ByTheBook.smallest(keys, m));
        }
    }
}
