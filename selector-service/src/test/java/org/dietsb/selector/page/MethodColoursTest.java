package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.dietsb.contracts.policy.MethodColour;
import org.dietsb.contracts.policy.PolicyKind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MethodColoursTest {

    @ParameterizedTest
    @EnumSource(PolicyKind.class)
    void theStyleSheetHasTheOneColourOfEachMethod(PolicyKind kind) throws IOException {
        String[] lightAndDark = sheet().split("@media \\(prefers-color-scheme: dark\\)", -1);
        assertThat(lightAndDark).hasSize(2);
        String name = " --" + kind.label() + ": ";
        assertThat(lightAndDark[0]).contains(name + MethodColour.of(kind).onLight() + ";");
        assertThat(lightAndDark[1])
                .contains(name + MethodColour.of(kind).onDark() + ";")
                .contains("." + kind.label() + " { --kind: var(--" + kind.label() + "); }");
    }

    private static String sheet() throws IOException {
        try (InputStream sheet = Objects.requireNonNull(
                MethodColoursTest.class.getResourceAsStream("/META-INF/resources/control/assets/page.css"))) {
            return new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
