package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class SeTaTest {

    private static BitSet kept(SeTa rule, int epoch, double... losses) {
        return rule.choose(new EpochRule.Epoch(1, epoch, losses.length), index -> losses[index])
                .kept();
    }

    @Test
    void slidesAWindowFromTheEasiestGroupToTheHardest() {
        // Given: the card's example: groups {0, 1}, {2, 3, 4}, {5, 6}, {7}; a window of round(4 x .5) = 2.
        double[] losses = {.1, .12, 1, 1.1, 1.05, 2, 2.2, 6};
        SeTa rule = new SeTa(0, 4, .5);

        // Then
        assertThat(kept(rule, 1, losses).cardinality())
                .as("the first epoch trains all")
                .isEqualTo(8);
        assertThat(kept(rule, 2, losses).stream()).containsExactly(2, 3, 4, 5, 6);
        assertThat(kept(rule, 3, losses).stream()).containsExactly(5, 6, 7);
        assertThat(kept(rule, 4, losses).stream()).containsExactly(0, 1, 2, 3, 4);
        assertThat(kept(rule, 5, losses)).isEqualTo(kept(rule, 2, losses));
    }

    @Test
    void leavesOutAShareAtRandomFirst() {
        double[] losses = new double[100];
        for (int i = 0; i < 100; i++) {
            losses[i] = i;
        }
        SeTa all = new SeTa(.1, 5, 1);
        assertThat(kept(all, 2, losses).cardinality()).isEqualTo(90);
        assertThat(kept(all, 2, losses)).isNotEqualTo(kept(all, 3, losses));
        BitSet easy = kept(new SeTa(.1, 5, .9), 3, losses);
        assertThat(new SeTa(.1, 5, .9))
                .as("round(5 x .9) = 4, to the even number: the window has two places")
                .isNotNull();
        assertThat(easy.cardinality()).isBetween(50, 89);
        assertThat(easy.length()).as("without the hardest group").isLessThan(95);
    }

    @Test
    void dividesEqualLossesIntoPartsOfOneSize() {
        BitSet kept = kept(new SeTa(0, 5, .4), 2, new double[50]);
        assertThat(kept.cardinality()).isEqualTo(20);
        assertThat(kept.nextSetBit(0)).isEqualTo(10);
        double[] unknown = new double[50];
        java.util.Arrays.fill(unknown, Double.NaN);
        assertThat(kept(new SeTa(0, 5, .4), 2, unknown)).isEqualTo(kept);
    }

    @Test
    void anEpochIsNeverEmpty() {
        for (int epoch = 1; epoch <= 10; epoch++) {
            assertThat(kept(new SeTa(.5, 100, .01), epoch, 1, 2, 2, 2, 2, 2, 2).cardinality())
                    .isPositive();
        }
    }
}
