package org.dietsb.launcher.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SampleTest {
    @Test
    void computesTheTIntervalOfTheMean() {
        // Sleep data of Student 1908, differences of ten patients: t.test gives [0.7001142, 2.4598858].
        Sample extra = new Sample(List.of(1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, .8, 4.6, 1.4));
        assertThat(extra.n()).isEqualTo(10);
        assertThat(extra.mean()).isCloseTo(1.58, within(1e-12));
        assertThat(extra.spread()).isCloseTo(1.229995, within(1e-6));
        assertThat(extra.low()).isCloseTo(.7001142, within(1e-7));
        assertThat(extra.high()).isCloseTo(2.4598858, within(1e-7));
        // Nine of nine that differ from 0 lie above: 2 / 2^9.
        assertThat(extra.signTest(0)).isCloseTo(2 / 512.0, within(1e-12));
        // One or fewer of five on one side: 2 x 6 / 2^5; one of three: no evidence at all.
        assertThat(new Sample(List.of(1.0, 1.0, 1.0, 1.0, -1.0)).signTest(0)).isCloseTo(.375, within(1e-12));
        assertThat(new Sample(List.of(1.0, 1.0, -1.0)).signTest(0)).isEqualTo(1);
    }

    @Test
    void hasNoIntervalWithTwoValues() {
        Sample two = new Sample(List.of(3.0, 3.1));
        assertThat(two.spread()).isGreaterThan(0);
        assertThat(two.hasInterval()).isFalse();
        assertThat(two.halfWidth()).isNaN();
        assertThat(two.low()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(new Sample(List.of(3.0, 3.1, 3.2)).hasInterval()).isTrue();
    }

    @Test
    void isUndecidedWithOneValue() {
        Sample one = new Sample(List.of(3.0));
        assertThat(one.spread()).isNaN();
        assertThat(one.low()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(one.high()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(new Sample(List.of()).signTest(0)).isEqualTo(1);
    }

    @Test
    void pairsBySeed() {
        Map<Long, Double> a = Map.of(1L, .9, 2L, .8, 3L, .7);
        Map<Long, Double> b = Map.of(2L, .6, 3L, .6, 4L, .1);
        assertThat(Sample.differences(a, b).values().stream().sorted())
                .satisfiesExactly(low -> assertThat(low).isCloseTo(.1, within(1e-12)), high -> assertThat(high)
                        .isCloseTo(.2, within(1e-12)));
        assertThat(Sample.ratios(b, a).n()).isEqualTo(2);
    }
}
