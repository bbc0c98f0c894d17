package org.dietsb.launcher.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dietsb.launcher.sample.Sample;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Test
    void twoValuesDecideNothing() {
        assertThat(Verdict.above(new Sample(List.of(3.0, 3.0)), 0)).isEqualTo(Verdict.Answer.CANNOT_TELL);
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
