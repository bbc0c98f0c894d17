package org.dietsb.scorer.el2n;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class El2nTest {
    private static final float[] SCORES = {.9f, .1f, .5f, .1f, .7f, .3f, 1.2f, .05f};

    @Test
    void errorNormOfOnePredictionIsTheWorkedNumber() {
        assertThat(ReferenceNorm.errorNorm(logits(.7, .2, .1), 0)).isCloseTo(.3741657387, within(1e-10));
    }

    @Test
    void scoreIsTheMeanOfTheNormsAndNotTheNormOfTheMean() {
        double[][] models = {logits(.7, .2, .1), logits(.1, .8, .1), logits(.4, .3, .3)};
        double sum = 0;
        for (double[] model : models) {
            sum += ReferenceNorm.errorNorm(model, 0);
        }
        assertThat(sum / 3).isCloseTo(.7724390863, within(1e-10));
        float[] scores = El2n.scores(List.of(norm(models[0]), norm(models[1]), norm(models[2])));
        assertThat(scores[0]).isCloseTo((float) .7724390863, within(1e-7f));
        assertThat(ReferenceNorm.errorNorm(logits(.4, 1.3 / 3, .5 / 3), 0)).isNotCloseTo(.7724390863, within(.01));
    }

    @Test
    void scoreIsTheMeanOfTheMembersNorms() {
        assertThat(El2n.scores(List.of(new float[] {0, 1}, new float[] {1, 1}))).containsExactly(.5f, 1);
    }

    @Test
    void hugeLogitsOverflowNothing() {
        assertThat(ReferenceNorm.errorNorm(new double[] {1000, 0, 0}, 0)).isZero();
        assertThat(ReferenceNorm.errorNorm(new double[] {1000, 0, 0}, 1)).isCloseTo(1.4142135624, within(1e-10));
        assertThat(ReferenceNorm.crossEntropy(new double[] {1000, 0, 0}, 1)).isEqualTo(1000);
        assertThat(ReferenceNorm.crossEntropy(new double[] {1000, 0, 0}, 0)).isZero();
    }

    @Test
    void errorNormStaysWithinItsRange() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            double[] logits = random.doubles(5, -50, 50).toArray();
            assertThat(ReferenceNorm.errorNorm(logits, i % 5)).isBetween(0.0, Math.sqrt(2) + 1e-12);
        }
    }

    @Test
    void aQuarterPrunedDropsTheLowestWithTiesByLowerIndex() {
        assertThat(El2n.lowestFirst(SCORES)).containsExactly(7, 1, 3, 5, 2, 4, 0, 6);
        assertThat(El2n.pruned(SCORES, .25).stream()).containsExactlyInAnyOrder(7, 1);
    }

    @Test
    void highestFirstBreaksTiesByLowerIndexToo() {
        assertThat(El2n.highestFirst(SCORES)).containsExactly(6, 0, 4, 2, 5, 1, 3, 7);
    }

    @Test
    void prunedCountIsTheFloorOfTheExactProduct() {
        assertThat(El2n.pruned(new float[10], .3).cardinality()).isEqualTo(3);
        assertThat(El2n.pruned(new float[10], .29).cardinality()).isEqualTo(2);
        assertThat(El2n.pruned(new float[10], 0).cardinality()).isZero();
    }

    @Test
    void meanIsSummedInDouble() {
        float norm = .1f;
        List<float[]> members = Collections.nCopies(100, new float[] {norm});
        assertThat(El2n.scores(members)).containsExactly(norm);
    }

    @Test
    void membersOfDifferentLengthsAreRejected() {
        assertThatThrownBy(() -> El2n.scores(List.of(new float[2], new float[3])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a member has 3 error norms, allowed is what the first has, 2");
        assertThatThrownBy(() -> El2n.scores(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    private static float[] norm(double[] logits) {
        return new float[] {(float) ReferenceNorm.errorNorm(logits, 0)};
    }

    private static double[] logits(double... probabilities) {
        return Arrays.stream(probabilities).map(Math::log).toArray();
    }
}
