package org.dietsb.selector.diet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AgreementTest {

    private static Agreement of(float[] scores, float... others) {
        return Agreement.of(scores, new ScoreSet("el2n", "f00d", others, new int[0]));
    }

    @Test
    void ranksAndTheLowestQuarterAreCompared() {
        float[] rising = {0, 1, 2, 3, 4, 5, 6, 7};
        assertThat(of(rising, 0, .1f, .2f, .3f, .4f, .5f, .6f, .7f)).isEqualTo(new Agreement("el2n", 1.0, 1, .25));
        assertThat(of(rising, 7, 6, 5, 4, 3, 2, 1, 0)).isEqualTo(new Agreement("el2n", -1.0, 0, .25));
        // By hand: ranks 0 1 2 3 4 5 6 7 and 0 2 1 3 4 5 6 7, so 1 - 6 x 2 / (8 x 63).
        Agreement near = of(rising, 0, 2, 1, 3, 4, 5, 6, 7);
        assertThat(near.rankCorrelation()).isCloseTo(1 - 12 / 504.0, within(1e-12));
        assertThat(near.lowestQuarter()).isEqualTo(.5);
    }

    @Test
    void equalScoresShareTheirRank() {
        // Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5 / sqrt(4.5 x 5).
        assertThat(of(new float[] {.1f, .5f, .5f, .9f}, 0, 1, 2, 3).rankCorrelation())
                .isCloseTo(4.5 / Math.sqrt(22.5), within(1e-12));
        assertThat(of(new float[] {1, 1, 1, 1}, 0, 1, 2, 3).rankCorrelation()).isNull();
    }

    @Test
    void unrelatedScoresAgreeAsByChance() {
        Random random = new Random(5);
        float[] one = new float[20_000];
        float[] other = new float[20_000];
        for (int i = 0; i < one.length; i++) {
            one[i] = random.nextFloat();
            other[i] = random.nextFloat();
        }
        Agreement none = of(one, other);
        // Four standard deviations: 1 / sqrt(N), and sqrt(.25 x .75^2 / (N / 4)) of a hypergeometric share.
        assertThat(none.rankCorrelation()).isCloseTo(0, within(4 / Math.sqrt(20_000)));
        assertThat(none.lowestQuarter()).isCloseTo(.25, within(4 * Math.sqrt(.25 * .75 * .75 / 5_000)));
    }
}
