package org.dietsb.launcher.report;

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
    void isUndecidedWithOneValue() {
        Sample one = new Sample(List.of(3.0));
        assertThat(one.spread()).isNaN();
        assertThat(one.low()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(one.high()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(Verdict.above(one, 0)).isEqualTo(Verdict.Answer.CANNOT_TELL);
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

    @Test
    void aClaimHoldsIfTheWholeIntervalDoes() {
        Sample around = new Sample(List.of(-.1, .1, .2));
        Sample clear = new Sample(List.of(.10, .11, .12));
        assertThat(Verdict.above(clear, 0)).isEqualTo(Verdict.Answer.HOLDS);
        assertThat(Verdict.below(clear, 0)).isEqualTo(Verdict.Answer.DOES_NOT_HOLD);
        assertThat(Verdict.above(clear, .2)).isEqualTo(Verdict.Answer.DOES_NOT_HOLD);
        assertThat(Verdict.above(around, 0)).isEqualTo(Verdict.Answer.CANNOT_TELL);
        assertThat(Verdict.Answer.HOLDS.and(Verdict.Answer.CANNOT_TELL)).isEqualTo(Verdict.Answer.CANNOT_TELL);
        assertThat(Verdict.Answer.CANNOT_TELL.and(Verdict.Answer.DOES_NOT_HOLD))
                .isEqualTo(Verdict.Answer.DOES_NOT_HOLD);
    }
}
