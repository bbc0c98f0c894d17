package org.dietsb.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorConfigTest {

    @Test
    void hasTheDocumentedDefaults() {
        SelectorConfig config = TestConfig.of(Map.of());
        assertThat(config.forgetAfter()).isEqualTo(Duration.ofHours(12));
        assertThat(config.largestBatch()).isEqualTo(65_536);
        assertThat(config.largestDataset()).isEqualTo(16_777_216);
        assertThat(config.unfinishedScores()).isEqualTo(5_000_000);
        assertThat(config.mostRuns()).isEqualTo(10_000);
        assertThat(config.lossesOfHeap()).isEqualTo(.5);
        assertThat(config.leastKeep()).isEqualTo(.01);
        assertThat(config.mostChange()).isEqualTo(1);
        assertThat(config.reportEvery()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void readsSettingsUnderItsPrefix() {
        SelectorConfig config = TestConfig.of(Map.of(
                "forget-after", "PT5M",
                "largest-batch", "256",
                "largest-dataset", "1000",
                "unfinished-scores", "20000",
                "most-runs", "3",
                "losses-of-heap", "0.25",
                "least-keep", "0.1",
                "most-change", "0.5",
                "report-every", "PT9S",
                "lost-after", "PT3M"));
        assertThat(config.forgetAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.largestBatch()).isEqualTo(256);
        assertThat(config.largestDataset()).isEqualTo(1000);
        assertThat(config.unfinishedScores()).isEqualTo(20_000);
        assertThat(config.mostRuns()).isEqualTo(3);
        assertThat(config.lossesOfHeap()).isEqualTo(.25);
        assertThat(config.leastKeep()).isEqualTo(.1);
        assertThat(config.mostChange()).isEqualTo(.5);
        assertThat(config.reportEvery()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.lostAfter()).isEqualTo(Duration.ofMinutes(3));
    }

    @Test
    void everySettingIsDescribedInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (Method setting : SelectorConfig.class.getDeclaredMethods()) {
            String name = setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            String value = setting.getAnnotation(WithDefault.class).value();
            assertThat(readme).contains("| `dietsb.selector." + name + "` | " + value + " |");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "largest-batch | 65537 | is 65537, allowed is [1, 65536]",
                "largest-dataset | 0 | is 0, allowed is [1, 100000000]",
                "unfinished-scores | 9999 | is 9999, allowed is [10000, 100000000]",
                "most-records | 0 | is 0, allowed is 1 or more",
                "most-runs | 0 | is 0, allowed is 1 or more",
                "losses-of-heap | 1 | is 1.0, allowed is (0, 1)",
                "losses-of-heap | 0 | is 0.0, allowed is (0, 1)",
                "losses-of-heap | NaN | is NaN, allowed is (0, 1)",
                "forget-after | PT59S | is PT59S, allowed is PT1M or more, and longer than the longest epoch",
                "report-every | PT0.5S | is PT0.5S, allowed is [PT1S, PT1H]",
                "report-every | PT1H1S | is PT1H1S, allowed is [PT1S, PT1H]",
                "least-keep | 1.5 | is 1.5, allowed is [0, 1]",
                "most-change | 0 | is 0.0, allowed is (0, 1]"
            })
    void rejectsASettingOutOfItsRangeNamingIt(String setting, String value, String problem) {
        assertThatThrownBy(() -> TestConfig.of(Map.of(setting, value)))
                .isInstanceOfSatisfying(ConfigValidationException.class, invalid -> {
                    assertThat(IntStream.range(0, invalid.getProblemCount())
                                    .mapToObj(i -> invalid.getProblem(i).getMessage())
                                    .distinct())
                            .containsExactly("dietsb.selector." + setting + " " + problem);
                });
    }
}
