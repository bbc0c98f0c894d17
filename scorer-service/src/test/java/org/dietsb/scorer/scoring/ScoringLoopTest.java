package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.dietsb.scorer.ScorerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScoringLoopTest {
    private static ScorerConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(ScorerConfig.class)
                .withDefaultValue("dietsb.scorer.patience", "PT30S")
                .withDefaultValue("dietsb.scorer.order-grace", "PT30S")
                .withDefaultValues(settings)
                .build()
                .getConfigMapping(ScorerConfig.class);
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
                "patience | PT0S | above 0",
                "order-grace | PT-1S | above 0"
            })
    void aWrongSettingEndsTheStartByItsName(String setting, String value, String allowed) {
        ScorerConfig config = config(Map.of("dietsb.scorer." + setting, value));
        assertThatThrownBy(() -> ScoringLoop.check(config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dietsb.scorer." + setting + " is " + value + ", allowed is " + allowed);
    }

    @Test
    void theDefaultsAreAllowed() {
        assertThatCode(() -> ScoringLoop.check(config(Map.of()))).doesNotThrowAnyException();
    }
}
