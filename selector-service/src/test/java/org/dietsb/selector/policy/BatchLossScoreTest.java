package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BatchLossScoreTest {

    @Test
    void aStepMovesTheScoresOfItsExamplesTowardsItsMeanLoss() {
        // Given: the card's example: a step of losses 1, 2, 6, whose mean is 3, at smoothing .9: an example without a
        // score begins at 0.
        float[] first = BatchLossScore.after(new float[] {Float.NaN, 3, 5}, new float[] {1, 2, 6}, .9);
        assertThat(first).containsExactly(.3f, 3, 4.8f);
        assertThat(BatchLossScore.after(first, new float[] {3, 3, 3}, .9))
                .as("the mean loss of the step for each example says the same")
                .isEqualTo(BatchLossScore.after(first, new float[] {1, 2, 6}, .9));
        assertThat(BatchLossScore.after(first, new float[] {1, 2, 6}, 0)).containsExactly(3, 3, 3);
    }

    @Test
    void approachesTheMeanOfAnExamplesBatches() {
        float[] score = {Float.NaN};
        for (int step = 1; step <= 200; step++) {
            score = BatchLossScore.after(score, new float[] {2}, .9);
            if (step == 10) {
                assertThat(score[0])
                        .as("2 (1 - .9^10)")
                        .isEqualTo((float) 1.3026431, org.assertj.core.api.Assertions.within(1e-6f));
            }
        }
        assertThat(score[0]).isEqualTo(2, org.assertj.core.api.Assertions.within(1e-5f));
        assertThat(Arrays.hashCode(score)).isNotZero();
    }
}
