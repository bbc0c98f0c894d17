package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark: each rule and each encoding once. */
class PoliciesTest {

    @Test
    void measuresEachRuleAndEachEncodingPerExample(@TempDir Path folder) throws Exception {
        // When
        JsonNode report =
                ShortRun.of(folder, "policies", "--rounds=1", "--seconds=.01", "--warm-up=.01", "--examples=4096");
        // Then
        assertThat(report.path("rows").findValuesAsText("name"))
                .containsExactly(
                        "random, 4096 examples",
                        "selective, rank, 4096 examples",
                        "selective, percentile, 4096 examples",
                        "selective, percentile of a million, 4096 examples",
                        "infobatch, 4096 examples",
                        "orderdp, 4096 examples",
                        "rs2, 4096 examples",
                        "progressive, 4096 examples",
                        "seta, 4096 examples",
                        "diet, 4096 examples",
                        "BatchLosses encoded, 4096 examples",
                        "BatchLosses decoded, 4096 examples",
                        "BatchMask encoded, 4096 examples",
                        "BatchMask decoded, 4096 examples");
        for (JsonNode row : report.path("rows")) {
            assertThat(row.path("unit").asText()).isEqualTo("ns/example");
            for (String figure : new String[] {"value", "min", "max"}) {
                assertThat(row.path(figure).asDouble())
                        .as(figure + " of " + row)
                        .isPositive()
                        .isFinite();
            }
        }
        assertThat(report.at("/rows/2/limit").asDouble()).isEqualTo(100);
        assertThat(report.at("/rows/3/limit").isNull()).isTrue();
    }
}
