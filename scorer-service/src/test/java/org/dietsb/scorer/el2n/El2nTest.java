package org.dietsb.scorer.el2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class El2nTest {

    private static double norm(int label, double... probabilities) {
        return El2n.errorNorm(Arrays.stream(probabilities).map(Math::log).toArray(), label);
    }

    @Test
    void agreesWithTheWorkedNumbers() {
        assertThat(norm(0, .7, .2, .1)).isCloseTo(.3741657387, within(1e-9));
        double mean = (norm(0, .7, .2, .1) + norm(0, .1, .8, .1) + norm(0, .4, .3, .3)) / 3;
        assertThat(mean).isCloseTo(.7724390863, within(1e-9));
        assertThat(El2n.errorNorm(new double[] {1000, 0, 0}, 0)).isZero();
        assertThat(El2n.errorNorm(new double[] {1000, 0, 0}, 1)).isCloseTo(1.4142135624, within(1e-9));
    }

    @Test
    void isTheMeanOfTheMembersNorms() {
        assertThat(El2n.scores(List.of(new float[] {0, 1}, new float[] {1, 1}))).containsExactly(.5f, 1);
    }

    @Test
    void prunesTheLowestAndOfEqualsTheLowerIndex() {
        float[] scores = {.9f, .1f, .5f, .1f, .7f, .3f, 1.2f, .05f};

        assertThat(El2n.pruned(scores, .25).stream().toArray()).containsExactly(1, 7);
    }
}
