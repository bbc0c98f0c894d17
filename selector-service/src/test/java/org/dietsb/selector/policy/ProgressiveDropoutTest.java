package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ProgressiveDropoutTest {

    private static BitSet kept(ProgressiveDropout rule, int epoch, double... losses) {
        return rule.choose(new EpochRule.Epoch(1, epoch, losses.length), index -> losses[index])
                .kept();
    }

    @Test
    void leavesOutWhatTheModelIsSureOfExceptInItsTurn() {
        // Given: the card's example: p = e^-loss is .61, .37, .30, .22, none; tau .3, whose loss is 1.20397.
        double[] losses = {.5, 1, 1.2039, -1.5, Double.NaN};
        ProgressiveDropout rule = new ProgressiveDropout(.3, 1, 5);

        // Then: the easy ones are trained in one epoch of five, the hard ones in each.
        int[] times = new int[5];
        for (int epoch = 1; epoch <= 10; epoch++) {
            kept(rule, epoch, losses).stream().forEach(index -> times[index]++);
        }
        assertThat(times).containsExactly(2, 2, 2, 10, 10);
        assertThat(kept(new ProgressiveDropout(.3, 1, 1), 3, losses).cardinality())
                .isEqualTo(5);
        assertThat(kept(new ProgressiveDropout(1, 1, 1_000), 3, 0, 0, 0).cardinality())
                .as("at tau 1 no example is easy")
                .isEqualTo(3);
    }

    @Test
    void trainsAtMostAShrinkingShareDrawnAtRandom() {
        ProgressiveDropout scalar = new ProgressiveDropout(1, .9, 5);
        double[] losses = new double[100];
        assertThat(kept(scalar, 1, losses).cardinality()).isEqualTo(100);
        assertThat(kept(scalar, 2, losses).cardinality()).isEqualTo(90);
        assertThat(kept(scalar, 3, losses).cardinality()).isEqualTo(81);
        assertThat(kept(scalar, 50, losses).cardinality())
                .as("100 x .9^49 = .57")
                .isEqualTo(1);
        int[] times = new int[20];
        int seeds = 4_000;
        for (int seed = 0; seed < seeds; seed++) {
            scalar.choose(new EpochRule.Epoch(seed, 4, 20), index -> 1).kept().stream()
                    .forEach(index -> times[index]++);
        }
        // 20 x .729 = 14.58, rounded 15; five standard deviations.
        for (int count : times) {
            assertThat((double) count).isCloseTo(seeds * .75, within(5 * Math.sqrt(seeds * .75 * .25)));
        }
    }

    @Test
    void anEpochIsNeverEmpty() {
        for (int epoch = 1; epoch <= 20; epoch++) {
            assertThat(kept(new ProgressiveDropout(.3, 1, 1_000), epoch, 0, 0, 0)
                            .cardinality())
                    .isPositive();
        }
    }
}
