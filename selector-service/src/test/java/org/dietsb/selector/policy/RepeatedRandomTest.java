package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedRandomTest {

    private static BitSet kept(double keep, long seed, int epoch, int examples) {
        return new RepeatedRandom(keep)
                .choose(new EpochRule.Epoch(seed, epoch, examples), index -> Double.NaN)
                .kept();
    }

    @ParameterizedTest
    @ValueSource(doubles = {.001, .05, .1, .3, .333, .5, .55, .7, .9, .999, 1})
    void trainsAsManyEachEpochAndNoneAgainBeforeAllOthers(double keep) {
        for (int examples : new int[] {1, 7, 10, 101, 1_000}) {
            int[] times = new int[examples];
            for (int epoch = 1; epoch <= 60; epoch++) {
                BitSet kept = kept(keep, 5, epoch, examples);
                assertThat(kept.cardinality()).isEqualTo(BatchRule.count(keep, examples));
                kept.stream().forEach(index -> times[index]++);
                int[] sorted = Arrays.stream(times).sorted().toArray();
                assertThat(sorted[examples - 1] - sorted[0])
                        .as("epoch %d of %d examples", epoch, examples)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aRoundThatEndsWithinAnEpochIsCompletedFromTheNext() {
        // Given: the card's example, 10 examples, 3 an epoch. Three epochs are disjoint; the fourth takes the last one.
        BitSet seen = new BitSet();
        for (int epoch = 1; epoch <= 3; epoch++) {
            seen.or(kept(.3, 1, epoch, 10));
        }
        assertThat(seen.cardinality()).isEqualTo(9);
        seen.or(kept(.3, 1, 4, 10));
        assertThat(seen.cardinality()).isEqualTo(10);
    }

    @Test
    void dependsOnSeedAndEpochAndDrawsEachExampleEquallyOften() {
        assertThat(kept(.5, 1, 1, 1_000)).isNotEqualTo(kept(.5, 2, 1, 1_000));
        assertThat(kept(.5, 1, 1, 1_000)).isNotEqualTo(kept(.5, 1, 3, 1_000));
        int seeds = 4_000;
        for (int epoch : new int[] {1, 4, 9}) {
            int[] times = new int[20];
            for (int seed = 0; seed < seeds; seed++) {
                kept(.3, seed, epoch, 20).stream().forEach(index -> times[index]++);
            }
            double deviation = Math.sqrt(seeds * .3 * .7);
            assertThat(Arrays.stream(times).boxed())
                    .as("epoch %d", epoch)
                    .allSatisfy(count -> assertThat(count.doubleValue()).isCloseTo(seeds * .3, within(5 * deviation)));
        }
    }
}
