package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankSelectiveTest {
    private static final float[] EIGHT = {.5f, 2.25f, .1f, 1, 3, .75f, .2f, 1.5f};

    @Test
    void keepsExactlyTheRoundedShareOfEveryBatch() {
        for (double keep : new double[] {.01, .1, .25, 1 / 3., .375, .5, 2 / 3., .75, .9, 1}) {
            for (int n = 1; n <= 130; n++) {
                int[] selected = new RankSelective(keep).select(batch(3, 0, losses(n)), new LossHistory(8));
                assertThat(selected.length).as("keep %s of %d", keep, n).isEqualTo(Math.max(1, (int)
                        Math.floor(keep * n + .5 + 1e-9)));
                assertThat(selected).isSorted().doesNotHaveDuplicates();
                assertThat(selected[0]).isNotNegative();
                assertThat(selected[selected.length - 1]).isLessThan(n);
            }
        }
    }

    @Test
    void roundsHalvesUp() {
        assertThat(BatchRule.count(.5, 5)).isEqualTo(3);
        assertThat(BatchRule.count(2 / 3., 128)).isEqualTo(85);
        assertThat(BatchRule.count(.1, 5)).isEqualTo(1);
        assertThat(BatchRule.count(.01, 3)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {.25, 1 / 3., .5, .75})
    void selectsAsOftenAsSuccessiveWeightedDrawing(double keep) {
        RankSelective rule = new RankSelective(keep);
        double[] exact = Inclusion.exact(rule.weights(EIGHT), BatchRule.count(keep, 8));
        Frequencies.agree(rule, EIGHT, new float[0], exact);
    }

    @ParameterizedTest
    @ValueSource(doubles = {.25, 1 / 3., .5, .75})
    void returnsTheProbabilitiesThatItDrawsBy(double keep) {
        RankSelective rule = new RankSelective(keep);
        double[] exact = Inclusion.exact(rule.weights(EIGHT), BatchRule.count(keep, 8));
        assertThat(rule.probabilities(batch(1, 0, EIGHT), new LossHistory(1))).containsExactly(exact, within(2e-3));
    }

    @Test
    void theLimitForLargeBatchesIsAccurateToAHundredth() {
        for (double keep : new double[] {.1, .25, .5, .75}) {
            RankSelective rule = new RankSelective(keep);
            float[] losses = losses(64);
            double[] integrated = rule.probabilities(batch(1, 0, losses), new LossHistory(1));
            double[] limit = RankSelective.limit(rule.weights(losses), BatchRule.count(keep, 64));
            assertThat(limit).containsExactly(integrated, within(.01));
            assertThat(Arrays.stream(integrated).sum()).isCloseTo(BatchRule.count(keep, 64), within(.05));
        }
    }

    @Test
    void weighsByHalfStepsOfRank() {
        // keep 1/2: exponent 1.
        assertThat(new RankSelective(.5).weights(new float[] {4, 1, 3, 2}))
                .containsExactly(new double[] {1, 1 / 7., 5 / 7., 3 / 7.}, within(1e-12));
    }

    @Test
    void ranksEqualLossesByPosition() {
        assertThat(new RankSelective(.5).weights(new float[] {7, 7, 7}))
                .containsExactly(new double[] {1 / 5., 3 / 5., 1}, within(1e-12));
    }

    @Test
    void selectsOnlyHighLossesAtAVerySmallKeepAlthoughWeightsUnderflow() {
        float[] losses = losses(4096);
        int[] selected = new RankSelective(.001).select(batch(1, 0, losses), new LossHistory(1));
        assertThat(selected).hasSize(4);
        for (int place : selected) {
            assertThat(losses[place]).isGreaterThan(.99f * 4096);
        }
    }

    @Test
    void dependsOnlyOnSeedAndPlaceInTheRun() {
        RankSelective rule = new RankSelective(.5);
        float[] losses = losses(128);
        int[] once = rule.select(batch(1, 4, losses), new LossHistory(1));
        assertThat(rule.select(batch(1, 4, losses), new LossHistory(99))).isEqualTo(once);
        assertThat(rule.select(batch(1, 5, losses), new LossHistory(1))).isNotEqualTo(once);
        assertThat(rule.select(batch(2, 4, losses), new LossHistory(1))).isNotEqualTo(once);
        // The same on every machine and in every version: runs are compared across both.
        assertThat(rule.select(batch(7, 0, EIGHT), new LossHistory(1))).containsExactly(PINNED);
    }

    private static final int[] PINNED = {1, 4, 5, 7};

    private static Batch batch(long seed, int batch, float[] losses) {
        return new Batch(seed, 1, batch, losses.length, losses);
    }

    /** Losses 1 to n, shuffled by a stride that has no divisor in common with n. */
    private static float[] losses(int n) {
        float[] losses = new float[n];
        for (int i = 0; i < n; i++) {
            losses[i] = (int) (1 + i * 7919L % n);
        }
        return losses;
    }
}
