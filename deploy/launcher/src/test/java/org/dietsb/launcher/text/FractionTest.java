package org.dietsb.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.dietsb.contracts.field.Share;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class FractionTest {

    @ParameterizedTest
    @CsvSource({
        "0.5, 0.5",
        "1, 1",
        ".25, 0.25",
        "1/2, 0.5",
        "2/3, 0.6666666666666666",
        " 3 / 4 , 0.75",
        "1e-3, 0.001",
        "50 %, 0.5",
        "12.5%, 0.125"
    })
    void readsNumbersFractionsAndPercentages(String text, double value) {
        assertThat(Fraction.parse(text)).isEqualTo(value, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half", "1/2/3", "/", "1/", "NaN", "Infinity", "0.5f", "1/0", "50 % %"})
    void rejectsTextThatIsNotANumber(String text) {
        assertThatThrownBy(() -> Fraction.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(Share.ALLOWED);
    }
}
