package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class MethodColourTest {

    @Test
    void everyMethodHasAColourOfItsOwn() {
        assertDistinct(MethodColour::onLight);
        assertDistinct(MethodColour::onDark);
    }

    private static void assertDistinct(Function<MethodColour, String> colour) {
        assertThat(Arrays.stream(PolicyKind.values()).map(MethodColour::of).map(colour))
                .allMatch(hex -> hex.matches("#[0-9a-f]{6}"))
                .doesNotHaveDuplicates();
    }
}
