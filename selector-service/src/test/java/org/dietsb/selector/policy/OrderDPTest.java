package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class OrderDPTest {

    private static BitSet kept(OrderDP rule, long seed, int epoch, double... losses) {
        return rule.choose(new EpochRule.Epoch(seed, epoch, losses.length), index -> losses[index])
                .kept();
    }

    @Test
    void keepsTheHighestLossesOfThoseThatAreDrawn() {
        // Given: losses 0 to 9. If all are drawn, the half with the highest losses is kept.
        double[] losses = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertThat(kept(new OrderDP(.5, 1), 1, 1, losses).stream()).containsExactly(5, 6, 7, 8, 9);
        // If as many are drawn as are kept, losses do not matter; exactly q, whatever they are.
        assertThat(kept(new OrderDP(.3, .3), 1, 2, losses).cardinality()).isEqualTo(3);
        assertThat(kept(new OrderDP(.3, .1), 1, 2, losses))
                .as("draw below keep counts as keep")
                .isEqualTo(kept(new OrderDP(.3, .3), 1, 2, losses));
        // An example without a loss counts as one of loss 3, and a negative sign only says that it was below its step's
        // mean.
        assertThat(kept(new OrderDP(.5, 1), 1, 1, 2.9, Double.NaN, -3.1, 0).stream())
                .containsExactly(1, 2);
    }

    @Test
    void keepsEachExampleAsOftenAsItsRankSays() {
        // Given: the worked numbers of the card: n = 10, s = 6, q = 3. The highest loss is kept whenever it is drawn,
        // 6/10.
        double[] losses = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        OrderDP rule = new OrderDP(.3, .6);
        double[] probabilities = rule.probabilities(new EpochRule.Epoch(1, 1, 10), index -> losses[index]);
        assertThat(probabilities[9]).isEqualTo(.6);
        assertThat(probabilities[7]).as("at most 2 of the 2 above it are drawn").isEqualTo(.6);
        // Of the 3 above it all 3 are drawn with probability (5 x 4 x 3) / (9 x 8 x 7) = 5/42.
        assertThat(probabilities[6]).isCloseTo(.6 * 37 / 42, within(1e-12));
        assertThat(probabilities[3])
                .as("6 above it, 3 below: 5 of 9 drawn, at most 2 of the 6")
                .isCloseTo(.6 * 15 / 126, within(1e-12));
        assertThat(probabilities[2])
                .as("5 others drawn, at most 2 of them below it")
                .isZero();
        assertThat(Arrays.stream(probabilities).sum()).isCloseTo(3, within(1e-9));

        // When
        int epochs = 20_000;
        int[] times = new int[10];
        for (int epoch = 1; epoch <= epochs; epoch++) {
            kept(rule, 7, epoch, losses).stream().forEach(index -> times[index]++);
        }

        // Then: binomial counts; five standard deviations.
        for (int index = 0; index < 10; index++) {
            double p = probabilities[index];
            assertThat((double) times[index])
                    .as("example %d", index)
                    .isCloseTo(epochs * p, within(5 * Math.sqrt(epochs * p * (1 - p)) + 1e-9));
        }
    }

    @Test
    void equalLossesAreKeptEquallyOften() {
        double[] losses = {1, 1, 1, 1, 1, 1, 1, 2, 2, 0};
        OrderDP rule = new OrderDP(.4, .8);
        double[] probabilities = rule.probabilities(new EpochRule.Epoch(1, 1, 10), index -> losses[index]);
        int epochs = 20_000;
        int[] times = new int[10];
        for (int epoch = 1; epoch <= epochs; epoch++) {
            BitSet kept = kept(rule, 3, epoch, losses);
            assertThat(kept.cardinality()).isEqualTo(4);
            kept.stream().forEach(index -> times[index]++);
        }
        for (int index = 0; index < 10; index++) {
            double p = probabilities[index];
            assertThat((double) times[index])
                    .as("example %d", index)
                    .isCloseTo(epochs * p, within(5 * Math.sqrt(epochs * p * (1 - p)) + 1e-9));
        }
    }
}
