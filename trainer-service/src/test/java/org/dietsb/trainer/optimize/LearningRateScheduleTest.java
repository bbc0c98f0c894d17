package org.dietsb.trainer.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    @Test
    void stepFallsToAFifthThreeTimes() {
        LearningRateSchedule step = LearningRateSchedule.of("step", .1, 0);

        assertThat(step.at(0)).isEqualTo(.1);
        assertThat(step.at(.2999)).isEqualTo(.1);
        assertThat(step.at(.3)).isCloseTo(.02, within(1e-12));
        assertThat(step.at(.6)).isCloseTo(.004, within(1e-12));
        assertThat(step.at(.8)).isCloseTo(.0008, within(1e-12));
        assertThat(step.at(1)).isCloseTo(.0008, within(1e-12));
    }

    @Test
    void cosineEndsAtZero() {
        LearningRateSchedule cosine = LearningRateSchedule.of("cosine", .1, 0);

        assertThat(cosine.at(0)).isEqualTo(.1);
        assertThat(cosine.at(1 / 3.0)).isCloseTo(.075, within(1e-12));
        assertThat(cosine.at(.5)).isCloseTo(.05, within(1e-12));
        assertThat(cosine.at(1)).isCloseTo(0, within(1e-12));
    }

    @Test
    void constantDoesNotChange() {
        assertThat(LearningRateSchedule.of("constant", .1, 0).at(.99)).isEqualTo(.1);
    }

    @Test
    void warmUpRisesLinearlyThenFollowsTheSchedule() {
        LearningRateSchedule warm = LearningRateSchedule.of("constant", .1, .2);

        assertThat(warm.at(0)).isZero();
        assertThat(warm.at(.05)).isCloseTo(.025, within(1e-12));
        assertThat(warm.at(.2)).isEqualTo(.1);
        assertThat(warm.at(.7)).isEqualTo(.1);
    }

    @Test
    void rejectsAnUnknownName() {
        assertThatThrownBy(() -> LearningRateSchedule.of("linear", .1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("schedule is linear, allowed is one of step, cosine, constant");
    }
}
