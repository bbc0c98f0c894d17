package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dietsb.contracts.policy.Moment.EpochBegins;
import org.dietsb.contracts.policy.Moment.Progress;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimingTest {
    /** In the midst of epoch 4 of 10. */
    private static final RunSheet RUN = Sheets.at(1_000, 10, 4, 5);

    private static final RunSheet QUEUED_ON_A_BUDGET = Sheets.at(1_000, 0, 0, 0);

    @Test
    void isNowToTheEndByDefault() {
        assertThat(Timing.NOW.of(RUN)).isEqualTo(Schedule.FOR_GOOD);
    }

    @Test
    void beginsWithAnEpochOrAfterAShareOfTheRun() {
        assertThat(new Timing(5, null, null, null).of(RUN)).isEqualTo(new Schedule(new EpochBegins(5), null));
        assertThat(new Timing(null, .6, null, null).of(RUN)).isEqualTo(new Schedule(new Progress(.6), null));
        assertThat(new Timing(1, null, null, null)
                        .of(Sheets.at(1_000, 10, 0, 0))
                        .from())
                .isEqualTo(new EpochBegins(1));
    }

    @Test
    void endsAfterANumberOfEpochsCountingTheRunningOne() {
        assertThat(new Timing(null, null, null, 2).of(RUN)).isEqualTo(new Schedule(null, new EpochBegins(6)));
        assertThat(new Timing(5, null, null, 2).of(RUN).until()).isEqualTo(new EpochBegins(7));
        assertThat(new Timing(5, null, 9, null).of(RUN).until()).isEqualTo(new EpochBegins(9));
        assertThat(new Timing(null, .5, null, 3).of(RUN)).isEqualTo(new Schedule(new Progress(.5), new Progress(.8)));
        assertThat(new Timing(5, null, null, 6).of(RUN).until())
                .as("to its end")
                .isEqualTo(new EpochBegins(11));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        4,,,,   'fromEpoch is 4, allowed is [5, 10]: the run is in epoch 4 of 10'
        11,,,,  'fromEpoch is 11, allowed is [5, 10]: the run is in epoch 4 of 10'
        ,.35,,, 'afterProgress is 0.35, allowed is (0.35, 1): the run is in epoch 4 of 10'
        ,NaN,,, 'afterProgress is NaN, allowed is (0.35, 1): the run is in epoch 4 of 10'
        ,,4,,   'untilEpoch is 4, allowed is [5, 10]: the run is in epoch 4 of 10'
        7,,7,,  'untilEpoch is 7, allowed is [8, 10]: the run is in epoch 4 of 10'
        ,.75,8,,'untilEpoch is 8, allowed is [9, 10]: the run is in epoch 4 of 10'
        ,,,0,   'forEpochs is 0, allowed is [1, 7]: the run is in epoch 4 of 10'
        ,,,8,   'forEpochs is 8, allowed is [1, 7]: the run is in epoch 4 of 10'
        ,.75,,3,'forEpochs is 3, allowed is [1, 2]: the run is in epoch 4 of 10'
        5,.5,,, 'fromEpoch and afterProgress are both given, allowed is one of them'
        ,,8,2,  'untilEpoch and forEpochs are both given, allowed is one of them'
        """)
    void refusesTimesInThePastOrBeyondTheEnd(
            @Nullable Integer fromEpoch,
            @Nullable Double afterProgress,
            @Nullable Integer untilEpoch,
            @Nullable Integer forEpochs,
            String because) {
        assertThatThrownBy(() -> new Timing(fromEpoch, afterProgress, untilEpoch, forEpochs).of(RUN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(because);
    }

    @Test
    void acceptsAnyEpochWhileTheLengthIsUnknown() {
        assertThat(new Timing(500, null, null, 2).of(QUEUED_ON_A_BUDGET).until())
                .isEqualTo(new EpochBegins(502));
        assertThatThrownBy(() -> new Timing(null, .5, null, 2).of(QUEUED_ON_A_BUDGET))
                .hasMessageContaining("the length of the run is known once it has begun");
    }
}
