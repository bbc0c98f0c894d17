package org.dietsb.contracts.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dietsb.contracts.Bounds;
import org.dietsb.contracts.Violations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {

    @ParameterizedTest
    @CsvSource({
        "3, 3",
        "0, 0",
        "-1, -1",
        "0.5, 0.5",
        "1e6, 1000000",
        "1e-4, 0.0001",
        "1e-9, 1E-9",
        "1e300, 1E300",
        "1.5e300, 1.5E300",
        "NaN, NaN",
        "-Infinity, -Infinity"
    })
    void writesANumberWithoutNeedlessZeros(double value, String words) {
        assertThat(Numbers.words(value)).isEqualTo(words);
        assertThat(Numbers.words((Object) value)).isEqualTo(words);
        assertThat(Double.valueOf(Numbers.words(value))).isEqualTo(Double.valueOf(value));
    }

    @Test
    void writesSinglePrecisionWithItsOwnDigits() {
        assertThat(Numbers.words(.1f)).isEqualTo("0.1");
        assertThat(Numbers.words((Object) .1f)).isEqualTo("0.1");
        assertThat(Numbers.words("1.0")).isEqualTo("1.0");
    }

    @Test
    void everyRefusalWritesItsNumberSo() {
        assertThatThrownBy(() -> Bounds.require(false, "keep", 3.0, "(0, 1]"))
                .hasMessage("keep is 3, allowed is (0, 1]");
        Violations violations = new Violations();
        violations.check(OrderField.MOMENTUM, 1);
        violations.check(OrderField.EPOCHS, 0);
        assertThatThrownBy(violations::orThrow)
                .hasMessage("momentum is 1, allowed is [0, 1); epochs is 0, allowed is [1, 100000]");
    }
}
