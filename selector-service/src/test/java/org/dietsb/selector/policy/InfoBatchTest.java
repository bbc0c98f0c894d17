package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class InfoBatchTest {

    @Test
    void dropsARandomShareBelowTheMeanAndRaisesTheWeightOfTheRest() {
        // Given: losses 0, 1, .., 9, whose mean is 4.5.
        InfoBatch rule = new InfoBatch(.5);

        // When
        InfoBatch.Choice choice = rule.choose(1, 1, 10, index -> index);

        // Then: of five below the mean floor(2.5) = 2 are left out.
        assertThat(choice.kept().cardinality()).isEqualTo(8);
        assertThat(choice.kept().get(5, 10).cardinality()).isEqualTo(5);
        BitSet belowAndKept = choice.kept().get(0, 5);
        assertThat(choice.weighted()).isEqualTo(belowAndKept);
        assertThat(choice.weight()).isEqualTo(2f);
    }

    @Test
    void dropsNothingIfAllLossesAreEqual() {
        for (float loss : new float[] {0, .1f, .3f, 2.3025851f}) {
            InfoBatch.Choice choice = new InfoBatch(.5).choose(1, 1, 50_000, index -> loss);
            assertThat(choice.kept().cardinality()).as("loss %s", loss).isEqualTo(50_000);
            assertThat(choice.weighted().isEmpty()).isTrue();
            assertThat(choice.weight()).isEqualTo(1);
        }
    }

    @Test
    void keepsExamplesWithoutALossAtWeightOne() {
        InfoBatch.Choice choice = new InfoBatch(.5).choose(1, 1, 100, index -> index < 50 ? Double.NaN : index);
        assertThat(choice.kept().get(0, 50).cardinality()).isEqualTo(50);
        assertThat(choice.weighted().get(0, 50).isEmpty()).isTrue();
        assertThat(choice.kept().cardinality())
                .as("25 are below the mean of 74.5")
                .isEqualTo(100 - 12);
        assertThat(new InfoBatch(.5)
                        .choose(1, 1, 100, index -> Double.NaN)
                        .kept()
                        .cardinality())
                .isEqualTo(100);
    }

    @Test
    void drawsDifferentlyForEachEpochAndSeed() {
        InfoBatch rule = new InfoBatch(.5);
        BitSet first = rule.choose(1, 1, 1_000, index -> index).kept();
        assertThat(rule.choose(1, 1, 1_000, index -> index).kept()).isEqualTo(first);
        assertThat(rule.choose(1, 2, 1_000, index -> index).kept()).isNotEqualTo(first);
        assertThat(rule.choose(2, 1, 1_000, index -> index).kept()).isNotEqualTo(first);
    }

    @Test
    void dropsEachExampleBelowTheMeanEquallyOften() {
        // Given: 20 below the mean, of which 10 stay; 4,000 epochs.
        int epochs = 4_000;
        int[] stayed = new int[20];
        for (int epoch = 0; epoch < epochs; epoch++) {
            BitSet kept = new InfoBatch(.5)
                    .choose(7, epoch, 40, index -> index < 20 ? 0 : 1)
                    .kept();
            for (int index = 0; index < 20; index++) {
                stayed[index] += kept.get(index) ? 1 : 0;
            }
        }

        // Then: a binomial count of p = 1/2; five standard deviations.
        double deviation = Math.sqrt(epochs * .25);
        assertThat(Arrays.stream(stayed).boxed())
                .allSatisfy(count -> assertThat(count.doubleValue()).isCloseTo(epochs / 2.0, within(5 * deviation)));
    }
}
