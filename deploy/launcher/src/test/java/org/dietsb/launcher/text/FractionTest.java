package org.dietsb.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class FractionTest {

    @ParameterizedTest
    @CsvSource({"0.5, 0.5", "1, 1", ".25, 0.25", "1/2, 0.5", "2/3, 0.6666666666666666", " 3 / 4 , 0.75", "1e-3, 0.001"})
    void readsNumbersAndFractions(String text, double value) {
        assertThat(Fraction.parse(text)).isEqualTo(value, within(1e-16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half", "1/2/3", "/", "1/", "NaN", "Infinity", "0.5f", "50 %"})
    void rejectsTextThatIsNotANumber(String text) {
        assertThatThrownBy(() -> Fraction.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("a number like 0.5 or a fraction like 2/3");
    }

    @Test
    void rejectsADivisionByZero() {
        assertThatThrownBy(() -> Fraction.parse("1/0")).hasMessageStartingWith("a finite number");
        assertThatThrownBy(() -> Fraction.parse("0/0")).hasMessageStartingWith("a finite number");
    }
}
