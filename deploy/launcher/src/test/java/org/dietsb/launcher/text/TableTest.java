package org.dietsb.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Help.Ansi;

class TableTest {
    private static final String REASON = "the dataset folder has no class with more than one readable picture";

    private static Table runs() {
        Table table = new Table(List.of("run", "state", "accuracy", "proxy", "reason"));
        table.row(List.of("fashion-mini-resnet8-baseline-1", "COMPLETED", "0.8123", "-", "-"));
        table.row(List.of("fashion-mini-resnet8-selective-2", "FAILED", "-", "-", REASON));
        return table;
    }

    @Test
    void showsAllColumnsWhereNothingLimitsTheWidth() {
        assertThat(runs().text(Integer.MAX_VALUE, Ansi.OFF).lines())
                .containsExactly(
                        "run                               state      accuracy  proxy  reason",
                        "fashion-mini-resnet8-baseline-1   COMPLETED  0.8123    -      -",
                        "fashion-mini-resnet8-selective-2  FAILED     -         -      " + REASON);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 100})
    void losesNoValueInFewColumns(int width) {
        // When
        String text = runs().text(width, Ansi.OFF);
        // Then
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        assertThat(text).contains("COMPLETED", "0.8123", "FAILED").doesNotContain("proxy");
        String words = text.replaceAll("\\s+", "");
        assertThat(words).contains("reason");
        for (String word : REASON.split(" ")) {
            assertThat(words).contains(word);
        }
    }

    @Test
    void repeatsTheFirstColumnInEachBlock() {
        assertThat(runs().text(79, Ansi.OFF).lines())
                .containsExactly(
                        "run                               state      accuracy",
                        "fashion-mini-resnet8-baseline-1   COMPLETED  0.8123",
                        "fashion-mini-resnet8-selective-2  FAILED     -",
                        "",
                        "run                               reason",
                        "fashion-mini-resnet8-baseline-1   -",
                        "fashion-mini-resnet8-selective-2  the dataset folder has no class with more",
                        "                                  than one readable picture");
    }

    @Test
    void coloursHeadingsAndStatesAlone() {
        String text = runs().text(200, Ansi.ON);
        assertThat(text)
                .contains("\u001b[1mstate\u001b[21m", "\u001b[32mCOMPLETED\u001b[39m", "\u001b[31mFAILED\u001b[39m")
                .doesNotContain("m0.8123");
        assertThat(text.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(runs().text(200, Ansi.OFF));
    }
}
