package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
    private static final int DRAWS = 100_000;

    @Test
    void isUniformAlongEachOfItsCounters() {
        isUniform(i -> RandomStream.uniform("mask", 1, 1, 0, i));
        isUniform(i -> RandomStream.uniform("mask", 1, 1, i, 0));
        isUniform(i -> RandomStream.uniform("mask", 1, i, 0, 0));
        isUniform(i -> RandomStream.uniform("mask", i, 1, 0, 0));
    }

    private static void isUniform(LongToDoubleFunction draw) {
        double mean = 0;
        double productWithNext = 0;
        for (long i = 0; i < DRAWS; i++) {
            double u = draw.applyAsDouble(i);
            assertThat(u).isStrictlyBetween(0.0, 1.0);
            mean += u / DRAWS;
            productWithNext += u * draw.applyAsDouble(i + 1) / DRAWS;
        }
        // Standard deviation of a draw is sqrt(1/12), of a product of two sqrt(1/9 - 1/16).
        assertThat(mean).isCloseTo(.5, within(4.5 * Math.sqrt(1 / 12. / DRAWS)));
        assertThat(productWithNext).isCloseTo(.25, within(4.5 * Math.sqrt(2 * (1 / 9. - 1 / 16.) / DRAWS)));
    }

    @Test
    void differsByStreamSeedAndOrderOfCounters() {
        assertThat(LongStream.of(0).mapToDouble(i -> RandomStream.uniform("a", 1, 2, 3)))
                .doesNotContain(
                        RandomStream.uniform("b", 1, 2, 3),
                        RandomStream.uniform("a", 2, 2, 3),
                        RandomStream.uniform("a", 1, 3, 2));
    }

    @Test
    void aStreamDrawsTheNumbersOfItsCounters() {
        assertThat(RandomStream.of("mask", 1, 2, 3).uniform(4)).isEqualTo(RandomStream.uniform("mask", 1, 2, 3, 4));
    }

    @Test
    void isTheSameInEveryVersion() {
        assertThat(RandomStream.uniform("mask-rank", 7, 1, 0, 0)).isEqualTo(0.09515797814036586);
        assertThat(RandomStream.of("shuffle", 7).at(1, 0)).isEqualTo(3424799469524883428L);
        assertThat(RandomStream.of("timeout", 7).at(3, 5)).isEqualTo(8170342369180727430L);
    }

    @Test
    void normalsHaveTheMomentsAndTailsOfTheDistribution() {
        float[] draws = new float[DRAWS + 1];
        RandomStream.of("normals", 1).normals(draws, 2);

        double mean = 0;
        double square = 0;
        double productWithNext = 0;
        int outside = 0;
        for (int i = 0; i < DRAWS; i++) {
            double z = draws[i] / 2.0;
            mean += z / DRAWS;
            square += z * z / DRAWS;
            productWithNext += z * draws[i + 1] / 2.0 / DRAWS;
            outside += Math.abs(z) > 1.959964 ? 1 : 0;
        }
        // Standard deviations of one draw: 1, of its square sqrt 2, of a product of two 1, of being outside sqrt(.05 *
        // .95).
        double error = 4.5 / Math.sqrt(DRAWS);
        assertThat(mean).isCloseTo(0, within(error));
        assertThat(square).isCloseTo(1, within(error * Math.sqrt(2)));
        assertThat(productWithNext).isCloseTo(0, within(error));
        assertThat((double) outside / DRAWS).isCloseTo(.05, within(error * Math.sqrt(.05 * .95)));
    }

    /** Initial weights depend on these values, on any version of Java. */
    @Test
    void drawsTheSameNormalsInEveryVersion() {
        float[] draws = normals(1_000_001);

        assertThat(normals(3))
                .containsExactly(Arrays.copyOf(draws, 3))
                .containsExactly(new float[] {-.14493254f, -.25806308f, -.496931f});
        assertThat(Sha256.hex(draws)).isEqualTo("bd2c2054c7afb392244fb28d0c9a392499ecd17d2e042b84ac715d030f69edef");
    }

    private static float[] normals(int count) {
        float[] draws = new float[count];
        RandomStream.of("init conv1.weight", 1).normals(draws, .5);
        return draws;
    }

    @Test
    void shufflesTheSameInEveryVersion() {
        int[] values = IntStream.range(0, 8).toArray();
        RandomStream.of("shuffle", 7).shuffle(values, 2);
        assertThat(values).containsExactly(1, 2, 5, 4, 6, 3, 0, 7);
    }
}
