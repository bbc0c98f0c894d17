package org.dietsb.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[1, 64] | 1 | true",
                "[1, 64] | 64 | true",
                "[1, 64] | 65 | false",
                "(0, 1] | 0 | false",
                "(0, 1] | 1 | true",
                "[0, 1): more would leave nothing | 1 | false",
                "[1/4, 1] | 0.25 | true",
                "[1/4, 1] | 0.2 | false",
                "(0, 1) | NaN | false"
            })
    void containsTheValuesBetweenItsBounds(String notation, double value, boolean contained) {
        assertThat(Interval.parse(notation).contains(value)).isEqualTo(contained);
    }

    @Test
    void rejectsOtherText() {
        assertThatThrownBy(() -> Interval.parse("0 or more")).hasMessage("not an interval: 0 or more");
    }
}
