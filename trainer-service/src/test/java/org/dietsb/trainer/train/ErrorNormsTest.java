package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ErrorNormsTest {

    @Test
    void normsAreMeansOverSteps() {
        ErrorNorms norms = new ErrorNorms(4);
        norms.add(new int[] {2, 0}, new float[] {.5f, 1.25f});
        norms.add(new int[] {0, 1}, new float[] {.25f, 0});

        assertThat(norms.means()).containsExactly(.75f, 0, .5f, (float) Math.sqrt(2));
    }

    @Test
    void normsResumeFromSavedSums() {
        ErrorNorms norms = new ErrorNorms(2);
        norms.add(new int[] {1}, new float[] {.1f});
        ErrorNorms again = new ErrorNorms(norms.noted());
        norms.add(new int[] {0, 1}, new float[] {.3f, .7f});
        again.add(new int[] {0, 1}, new float[] {.3f, .7f});

        assertThat(again.means()).containsExactly(norms.means());
    }

    @Test
    void rejectsSumsWithoutCounts() {
        assertThatThrownBy(() -> new ErrorNorms.Sums(new double[3], new int[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("3 sums for 2 examples");
    }
}
