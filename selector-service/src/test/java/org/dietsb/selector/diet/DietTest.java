package org.dietsb.selector.diet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.dietsb.selector.policy.PolicySpec.DietOrder;
import org.junit.jupiter.api.Test;

class DietTest {
    private static final ScoreSet SCORES = new ScoreSet(
            "s", "f", new float[] {.9f, .1f, .5f, .1f, .7f, .3f, 1.2f, .05f}, new int[] {0, 0, 0, 0, 1, 1, 1, 1});

    @Test
    void dropsTheLowestAndOfEqualsTheLowerIndex() {
        BitSet kept = new Diet(.25, DietOrder.LOWEST, false).kept(8, 1, SCORES);

        assertThat(kept.get(7)).isFalse();
        assertThat(kept.get(1)).isFalse();
        assertThat(kept.cardinality()).isEqualTo(6);
    }

    @Test
    void balancedDropsTheSameShareOfEachClass() {
        BitSet kept = new Diet(.25, DietOrder.LOWEST, true).kept(8, 1, SCORES);

        assertThat(kept.get(0, 4).cardinality()).isEqualTo(3);
        assertThat(kept.get(4, 8).cardinality()).isEqualTo(3);
    }

    @Test
    void randomNeedsNoScoresAndDependsOnTheSeedAlone() {
        Diet diet = new Diet(.25, DietOrder.RANDOM, false);

        assertThat(diet.kept(1000, 1, null)).isEqualTo(diet.kept(1000, 1, null)).isNotEqualTo(diet.kept(1000, 2, null));
        assertThat(diet.kept(1000, 1, null).cardinality()).isEqualTo(750);
    }
}
