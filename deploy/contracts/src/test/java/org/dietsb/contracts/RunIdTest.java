package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunIdTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", ".a", "A", "a b", "a/b", "a\n", "..", "a_b", "é"})
    void rejectsNamesThatAreNoSafeFileNames(String id) {
        assertThat(RunId.isValid(id)).isFalse();
        assertThatThrownBy(() -> RunId.check("id", id))
                .hasMessage("id is " + id + ", allowed is [a-z0-9][a-z0-9.-]{0,79}");
    }

    @Test
    void allowsUpToEightyCharacters() {
        RunId.check("id", "fashion-mini-resnet8-0.5");
        RunId.check("id", "a".repeat(80));
        assertThat(RunId.isValid("a".repeat(81))).isFalse();
    }
}
