package org.dietsb.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ScorerConfigTest {

    @Test
    void hasItsDefaults() {
        ScorerConfig config = config(Map.of());
        assertThat(config.patience()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.orderGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.chunkSize()).isEqualTo(10_000);
        assertThat(config.gauges()).isEqualTo(10);
        assertThat(config.largestDataset()).isEqualTo(100_000_000);
        assertThat(config.unfinishedScores()).isEqualTo(5_000_000);
        assertThat(config.mostRunning()).isEqualTo(100);
    }

    @Test
    void mapsEverySetting() {
        ScorerConfig config = config(Map.of(
                "dietsb.scorer.patience", "5S",
                "dietsb.scorer.order-grace", "7S",
                "dietsb.scorer.chunk-size", "100",
                "dietsb.scorer.gauges", "3",
                "dietsb.scorer.largest-dataset", "1000",
                "dietsb.scorer.unfinished-scores", "20000",
                "dietsb.scorer.most-running", "2"));
        assertThat(config.patience()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.orderGrace()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.chunkSize()).isEqualTo(100);
        assertThat(config.gauges()).isEqualTo(3);
        assertThat(config.largestDataset()).isEqualTo(1000);
        assertThat(config.unfinishedScores()).isEqualTo(20_000);
        assertThat(config.mostRunning()).isEqualTo(2);
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
                        "most-running", "100"));
    }

    private static ScorerConfig config(Map<String, String> values) {
        return new SmallRyeConfigBuilder()
                .withMapping(ScorerConfig.class)
                .withDefaultValues(values)
                .withConverter(Duration.class, 200, new io.quarkus.runtime.configuration.DurationConverter())
                .build()
                .getConfigMapping(ScorerConfig.class);
    }
}
