package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SelectorConfigTest {

    @Test
    void hasTheDocumentedDefaults() {
        SelectorConfig config = config(Map.of());
        assertThat(config.forgetAfter()).isEqualTo(Duration.ofHours(12));
        assertThat(config.largestBatch()).isEqualTo(65_536);
        assertThat(config.largestDataset()).isEqualTo(100_000_000);
        assertThat(config.unfinishedScores()).isEqualTo(5_000_000);
        assertThat(config.mostRuns()).isEqualTo(10_000);
        assertThat(config.lossesOfHeap()).isEqualTo(.5);
        assertThat(config.leastKeep()).isEqualTo(.01);
        assertThat(config.mostChange()).isEqualTo(1);
        assertThat(config.reportEvery()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void isReadFromItsPrefix() {
        SelectorConfig config = config(Map.of(
                "dietsb.selector.forget-after", "PT5M",
                "dietsb.selector.largest-batch", "256",
                "dietsb.selector.largest-dataset", "1000",
                "dietsb.selector.unfinished-scores", "20000",
                "dietsb.selector.most-runs", "3",
                "dietsb.selector.losses-of-heap", "0.25",
                "dietsb.selector.least-keep", "0.1",
                "dietsb.selector.most-change", "0.5",
                "dietsb.selector.report-every", "PT9S"));
        assertThat(config.forgetAfter()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.largestBatch()).isEqualTo(256);
        assertThat(config.largestDataset()).isEqualTo(1000);
        assertThat(config.unfinishedScores()).isEqualTo(20_000);
        assertThat(config.mostRuns()).isEqualTo(3);
        assertThat(config.lossesOfHeap()).isEqualTo(.25);
        assertThat(config.leastKeep()).isEqualTo(.1);
        assertThat(config.mostChange()).isEqualTo(.5);
        assertThat(config.reportEvery()).isEqualTo(Duration.ofSeconds(9));
    }

    @Test
    void isDescribedInTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        for (Method setting : SelectorConfig.class.getDeclaredMethods()) {
            String name = setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            String value = setting.getAnnotation(WithDefault.class).value();
            assertThat(readme).contains("| `dietsb.selector." + name + "` | " + value + " |");
        }
    }

    private static SelectorConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(SelectorConfig.class)
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(SelectorConfig.class);
    }
}
