package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;

class PercentileSelectiveTest {

    @Test
    void selectsTheThirdOfFourByHalfAtBetaOneAndByAQuarterAtBetaTwo() {
        // History 1, 2, 3, 4 with the batch's own loss, 3, in it.
        assertThat(probability(.5)).isCloseTo(.5, within(1e-15));
        assertThat(probability(1 / 3.)).isCloseTo(.25, within(1e-12));
    }

    private static double probability(double keep) {
        LossHistory history = new LossHistory(1024);
        history.append(new float[] {1, 2, 4});
        return new PercentileSelective(keep, 1024).probabilities(batch(1, new float[] {3}), history)[0];
    }

    @Test
    void usesNoMoreThanItsHistorySize() {
        LossHistory history = new LossHistory(1024);
        history.append(new float[] {0, 0, 0, 0, 9, 9});
        // The last four are 9, 9, 1, 2: one of them is below 2.
        assertThat(new PercentileSelective(.5, 4).probabilities(batch(1, new float[] {1, 2}), history))
                .containsExactly(0, .25);
    }

    @Test
    void selectsAsOftenAsItsProbabilities() {
        float[] losses = {.5f, 2.25f, .1f, 1, 3, .75f, .2f, 1.5f};
        float[] before = {.3f, .6f, .9f, 1.2f, 5, .05f, 1, 1};
        for (double keep : new double[] {.25, .5, .8}) {
            PercentileSelective rule = new PercentileSelective(keep, 1024);
            LossHistory history = new LossHistory(1024);
            history.append(before);
            Frequencies.agree(rule, losses, before, rule.probabilities(batch(1, losses), history));
        }
    }

    @Test
    void keepsItsShareOfDistinctLossesOnAverage() {
        for (double keep : new double[] {.25, .5, .75}) {
            PercentileSelective rule = new PercentileSelective(keep, 1024);
            LossHistory history = new LossHistory(1024);
            int batches = 500;
            int size = 128;
            long selected = 0;
            for (int b = 0; b < batches; b++) {
                float[] losses = new float[size];
                for (int i = 0; i < size; i++) {
                    losses[i] = (float) RandomStream.uniform("losses", 1, b, i);
                }
                selected += rule.select(new Batch(5, 1, b, size, losses), history).length;
            }
            // Selections are Bernoulli given the losses: variance at most 1/4 each; the history's own spread about
            // doubles it.
            double tolerance = 4.5 * Math.sqrt(2 * .25 / (batches * size)) + 1. / size;
            assertThat((double) selected / (batches * size)).isCloseTo(keep, within(tolerance));
        }
    }

    @Test
    void fallsBackToRandomAtKeepIfAllLossesAreEqual() {
        float[] equal = {2, 2, 2, 2, 2, 2};
        LossHistory history = new LossHistory(64);
        Batch batch = batch(3, equal);
        assertThat(new PercentileSelective(.5, 64).select(batch, history))
                .hasSize(3)
                .isEqualTo(new RandomBackprop(.5).select(batch, history));
    }

    @Test
    void appendsEachBatchOnce() {
        LossHistory history = new LossHistory(8);
        PercentileSelective rule = new PercentileSelective(.5, 8);
        rule.probabilities(batch(1, new float[] {1, 2}), history);
        rule.select(batch(1, new float[] {1, 2}), history);
        assertThat(history.with(new float[0], 8)).containsExactly(1, 2);
    }

    private static Batch batch(long seed, float[] losses) {
        return new Batch(seed, 1, 0, losses.length, losses);
    }
}
