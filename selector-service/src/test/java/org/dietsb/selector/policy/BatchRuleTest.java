package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;

class BatchRuleTest {
    private static final float[] LOSSES = {2, 1, 4, 3, 5, .5f};

    @Test
    void matchesTheKindOfThePolicy() {
        assertThat(BatchRule.of(Policy.BASELINE)).isInstanceOf(Baseline.class);
        assertThat(BatchRule.of(Policy.ofKind(PolicyKind.SELECTIVE).keep(1).build()))
                .isInstanceOf(Baseline.class);
        assertThat(BatchRule.of(Policy.ofKind(PolicyKind.RANDOM).build())).isEqualTo(new RandomBackprop(.5));
        assertThat(BatchRule.of(
                        Policy.ofKind(PolicyKind.DIET_RANDOM).scoreSet("s").build()))
                .isEqualTo(new RandomBackprop(2.0 / 3));
        assertThat(BatchRule.of(
                        Policy.ofKind(PolicyKind.DIET_SELECTIVE).scoreSet("s").build()))
                .isEqualTo(new RankSelective(2.0 / 3));
        assertThat(BatchRule.of(Policy.ofKind(PolicyKind.DIET).scoreSet("s").build()))
                .isInstanceOf(Baseline.class);
        assertThat(BatchRule.of(Policy.ofKind(PolicyKind.SELECTIVE)
                        .rule(Policy.Rule.PERCENTILE)
                        .historySize(64)
                        .build()))
                .isEqualTo(new PercentileSelective(.5, 64));
    }

    @Test
    void randomNeedsNoHistoryAndNoLosses() {
        assertThat(BatchRule.of(Policy.ofKind(PolicyKind.RANDOM).historySize(0).build())
                        .wantsLosses())
                .isFalse();
    }

    @Test
    void percentileAgreesWithTheWorkedNumbers() {
        LossHistory history = new LossHistory(4);
        history.append(new float[] {1, 2, 4});
        Batch batch = new Batch(1, 1, 0, 1, new float[] {3});

        assertThat(new PercentileSelective(.5, 4).probabilities(batch, history)[0])
                .isEqualTo(.5);
        assertThat(new PercentileSelective(1.0 / 3, 4).probabilities(batch, history)[0])
                .isCloseTo(.25, within(1e-12));
    }

    @Test
    void equalLossesFallBackToRandomAtKeep() {
        float[] equal = new float[8];
        Arrays.fill(equal, 1);

        int[] selected = new PercentileSelective(.5, 64).select(new Batch(1, 1, 0, 8, equal), new LossHistory(64));

        assertThat(selected).hasSize(4);
    }

    @Test
    void countsAreExact() {
        for (int n = 1; n <= 130; n++) {
            for (double keep : new double[] {.1, .25, .5, 2.0 / 3, .9, 1}) {
                float[] losses = new float[n];
                for (int i = 0; i < n; i++) {
                    losses[i] = i;
                }
                Batch batch = new Batch(7, 2, 3, n, losses);
                int expected = Math.max(1, (int) Math.floor(keep * n + .5 + 1e-9));

                assertThat(new RandomBackprop(keep).select(batch, new LossHistory(1)))
                        .hasSize(expected);
                assertThat(new RankSelective(keep).select(batch, new LossHistory(1)))
                        .hasSize(expected);
            }
        }
    }

    @Test
    void equalArgumentsGiveEqualMasks() {
        Batch batch = new Batch(7, 2, 3, LOSSES.length, LOSSES);

        assertThat(new RankSelective(.5).select(batch, new LossHistory(8)))
                .isEqualTo(new RankSelective(.5).select(batch, new LossHistory(8)));
    }

    @Test
    void rankFrequenciesAgreeWithTheExactInclusionProbabilities() {
        RankSelective rule = new RankSelective(.5);
        double[] weights = rule.weights(LOSSES);
        double[] exact = inclusion(weights, new boolean[weights.length], 3);
        int draws = 40_000;
        double[] counted = new double[LOSSES.length];
        for (int batch = 0; batch < draws; batch++) {
            for (int place : rule.select(new Batch(11, 1, batch, LOSSES.length, LOSSES), new LossHistory(1))) {
                counted[place]++;
            }
        }
        double[] integrated = rule.probabilities(new Batch(1, 1, 0, LOSSES.length, LOSSES), new LossHistory(1));
        for (int i = 0; i < exact.length; i++) {
            // Five standard errors of a binomial share: one false alarm in about 300,000 fixed seeds.
            double tolerance = 5 * Math.sqrt(exact[i] * (1 - exact[i]) / draws);
            assertThat(counted[i] / draws).isCloseTo(exact[i], within(tolerance));
            assertThat(integrated[i]).isCloseTo(exact[i], within(1e-3));
        }
    }

    /** Inclusion probabilities of drawing m one after the other by weight, by going through all orders. */
    private static double[] inclusion(double[] weights, boolean[] taken, int m) {
        double[] probabilities = new double[weights.length];
        if (m == 0) {
            return probabilities;
        }
        double total = 0;
        for (int i = 0; i < weights.length; i++) {
            total += taken[i] ? 0 : weights[i];
        }
        for (int i = 0; i < weights.length; i++) {
            if (!taken[i]) {
                double first = weights[i] / total;
                taken[i] = true;
                double[] rest = inclusion(weights, taken, m - 1);
                taken[i] = false;
                probabilities[i] += first;
                for (int j = 0; j < rest.length; j++) {
                    probabilities[j] += first * rest[j];
                }
            }
        }
        return probabilities;
    }
}
