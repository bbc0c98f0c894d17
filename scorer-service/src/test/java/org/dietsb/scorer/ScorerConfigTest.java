package org.dietsb.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidatorImpl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScorerConfigTest {

    @Test
    void everySettingHasItsDefault() {
        ScorerConfig config = config(Map.of());
        assertThat(config.patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.orderGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.chunkSize()).isEqualTo(10_000);
        assertThat(config.gauges()).isEqualTo(10);
        assertThat(config.scoresOfHeap()).isEqualTo(.2);
        assertThat(config.largestDataset()).isEqualTo(100_000_000);
        assertThat(config.unfinishedScores()).isEqualTo(5_000_000);
        assertThat(config.mostRunning()).isEqualTo(100);
        assertThat(config.mostFinished()).isEqualTo(1_000);
        assertThat(config.finishedFor()).isEqualTo(Duration.ofDays(365));
    }

    @Test
    void everySettingIsRead() {
        ScorerConfig config = config(Map.of(
                "dietsb.scorer.patience", "5S",
                "dietsb.scorer.order-grace", "7S",
                "dietsb.scorer.chunk-size", "100",
                "dietsb.scorer.gauges", "3",
                "dietsb.scorer.scores-of-heap", "0.5",
                "dietsb.scorer.largest-dataset", "1000",
                "dietsb.scorer.unfinished-scores", "20000",
                "dietsb.scorer.most-running", "2",
                "dietsb.scorer.most-finished", "70"));
        assertThat(config.mostFinished()).isEqualTo(70);
        assertThat(config(Map.of("dietsb.scorer.finished-for", "P8D")).finishedFor())
                .isEqualTo(Duration.ofDays(8));
        assertThat(config.patience()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.orderGrace()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.chunkSize()).isEqualTo(100);
        assertThat(config.gauges()).isEqualTo(3);
        assertThat(config.scoresOfHeap()).isEqualTo(.5);
        assertThat(config.largestDataset()).isEqualTo(1000);
        assertThat(config.unfinishedScores()).isEqualTo(20_000);
        assertThat(config.mostRunning()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "chunk-size | 0 | [1, 10000]",
                "chunk-size | 10001 | [1, 10000]",
                "largest-dataset | 0 | [1, 100000000]",
                "largest-dataset | 100000001 | [1, 100000000]",
                "unfinished-scores | 9999 | [10000, 100000000]",
                "most-running | 0 | 1 or more",
                "most-finished | 0 | 1 or more",
                "finished-for | PT168H | P8D or more",
                "scores-of-heap | 1.0 | (0, 1)",
                "gauges | -1 | [0, 100]",
                "gauges | 101 | [0, 100]",
                "patience | PT0S | above 0",
                "order-grace | PT-1S | above 0"
            })
    void aSettingOutsideItsRangeEndsTheStart(String setting, String value, String allowed) {
        assertThatThrownBy(() -> config(Map.of("dietsb.scorer." + setting, value)))
                .isInstanceOf(ConfigValidationException.class)
                .hasMessageContaining("dietsb.scorer." + setting + " is " + value + ", allowed is " + allowed);
    }

    @Test
    void readmeTableHasEverySettingWithItsDefault() throws IOException {
        Matcher rows = Pattern.compile("\\| `dietsb\\.scorer\\.([a-z-]+)` \\| `([^`]+)` \\|")
                .matcher(Files.readString(Path.of("README.md")));
        Map<String, String> table = new TreeMap<>();
        while (rows.find()) {
            table.put(rows.group(1), rows.group(2));
        }
        assertThat(table)
                .isEqualTo(Map.of(
                        "patience", "30S",
                        "order-grace", "30S",
                        "chunk-size", "10000",
                        "gauges", "10",
                        "largest-dataset", "100000000",
                        "unfinished-scores", "5000000",
                        "scores-of-heap", "0.2",
                        "most-running", "100",
                        "most-finished", "1000",
                        "finished-for", "P365D"));
    }

    private static ScorerConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withValidator(new BeanValidationConfigValidatorImpl())
                .withMapping(ScorerConfig.class)
                .withDefaultValues(values)
                .withConverter(Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(ScorerConfig.class);
    }
}
