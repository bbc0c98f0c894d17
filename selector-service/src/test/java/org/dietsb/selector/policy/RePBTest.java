package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RePBTest {

    @Test
    void comparesLossesOnlyWithinTheirWindow() {
        // Given: two windows of means 1 and 10.
        float[] easy = {.2f, .4f, 1.4f, 2f};
        float[] hard = {8f, 9f, 11f, 12f};

        // Then: in each two are below its mean, though all of the second are above all of the first.
        assertThat(RePB.belowMean(easy).stream()).containsExactly(0, 1);
        assertThat(RePB.belowMean(hard).stream()).containsExactly(0, 1);
    }

    @Test
    void dropsNothingOfAWindowOfEqualLosses() {
        for (float loss : new float[] {0, .1f, .3f, 2.3025851f}) {
            float[] equal = new float[128];
            Arrays.fill(equal, loss);
            assertThat(RePB.belowMean(equal).isEmpty()).as("loss %s", loss).isTrue();
        }
    }

    @Test
    void weighsAnExampleByEpochsOverTimesTrained() {
        // An example that three of four epochs left out, and one that was always there.
        assertThat(RePB.weight(4, 1, 100_000)).isEqualTo(4f);
        assertThat(RePB.weight(4, 3, 100_000)).isEqualTo(4f / 3);
        assertThat(RePB.weight(4, 4, 100_000)).isEqualTo(1f);
        assertThat(RePB.weight(4, 1, 2.5)).isEqualTo(2.5f);
        assertThat(RePB.weight(4, 3, 2.5)).isEqualTo(4f / 3);
    }

    @Test
    void dropsExactlyTheShareOfTheCandidatesAndNothingElse() {
        // Of 5 candidates floor(2.5) = 2 are left out.
        BitSet kept = new RePB(.5).choose(1, 1, 10, index -> index < 5);
        assertThat(kept.get(5, 10).cardinality()).isEqualTo(5);
        assertThat(kept.cardinality()).isEqualTo(8);
        assertThat(new RePB(1).choose(1, 1, 10, index -> true).cardinality()).isEqualTo(10);
    }

    @Test
    void admitsEachCandidateEquallyOftenSoThatAllCountAlikeOverTime() {
        // Given: 40 examples, of which the first 20 are candidates in each of 4,000 epochs.
        int epochs = 4_000;
        int[] times = new int[40];
        double[] counted = new double[40];
        RePB rule = new RePB(.25);
        for (int epoch = 1; epoch <= epochs; epoch++) {
            BitSet kept = rule.choose(7, epoch, 40, index -> index < 20);
            for (int index = kept.nextSetBit(0); index >= 0; index = kept.nextSetBit(index + 1)) {
                times[index]++;
                counted[index] += RePB.weight(epoch, times[index], 100_000);
            }
        }

        // Then: a binomial count of p = 1/4; five standard deviations.
        double deviation = Math.sqrt(epochs * .25 * .75);
        IntStream.range(0, 20)
                .forEach(index -> assertThat((double) times[index]).isCloseTo(epochs / 4.0, within(5 * deviation)));
        IntStream.range(20, 40).forEach(index -> assertThat(times[index]).isEqualTo(epochs));
        // And: the total weight of each example is close to the number of epochs, however rarely it was trained.
        IntStream.range(0, 40).forEach(index -> assertThat(counted[index] / epochs)
                .as("example %d", index)
                .isCloseTo(1, within(.25)));
    }
}
