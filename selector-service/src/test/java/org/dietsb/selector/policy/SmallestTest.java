package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
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
    void ordersEveryKindOfDouble() {
        double[] keys = {Double.NaN, Double.POSITIVE_INFINITY, 0., -0., -1, Double.NEGATIVE_INFINITY, Double.NaN, 0.};
        for (int m = 0; m <= keys.length; m++) {
            assertThat(Smallest.places(keys, m)).isEqualTo(ByTheBook.smallest(keys, m));
        }
    }
}
