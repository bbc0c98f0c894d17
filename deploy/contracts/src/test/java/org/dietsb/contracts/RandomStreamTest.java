package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
    void shufflesTheSameInEveryVersion() {
        int[] values = IntStream.range(0, 8).toArray();
        RandomStream.of("shuffle", 7).shuffle(values, 2);
        assertThat(values).containsExactly(1, 2, 5, 4, 6, 3, 0, 7);
    }
}
