package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark: real broker, two real selectors, and topics with other partitions than in topics.json. */
class SelectorLoadTest {

    @Test
    void measuresTheCostOfAMaskAsRunsGrow(@TempDir Path folder) throws Exception {
        // When: four selectors are skipped, being more than there are partitions.
        JsonNode report = ShortRun.of(
                folder,
                "selector-load",
                "--rounds=1",
                "--seconds=.5",
                "--warm-up=.5",
                "--rate=40",
                "--batch-size=16",
                "--runs=3,30",
                "--partitions=3",
                "--selectors=2,4");
        // Then
        assertThat(report.path("rows").findValuesAsText("name"))
                .containsExactly(
                        "paced, 3 runs, 3 partitions, 2 selectors",
                        "saturated, 3 runs, 3 partitions, 2 selectors",
                        "paced, 30 runs, 3 partitions, 2 selectors",
                        "saturated, 30 runs, 3 partitions, 2 selectors");
        for (JsonNode row : report.path("rows")) {
            ShortRun.isMeasured(row, "masks/s", "p50 ms", "p99 ms", "CPU us/mask", "resident MiB");
            assertThat(row.path("cpuSeconds").properties())
                    .extracting(Map.Entry::getKey)
                    .containsExactlyInAnyOrder("bench", "broker", "selector-1", "selector-2");
        }
        assertThat(report.at("/rows/2/limit").asDouble()).isEqualTo(1.2);
    }
}
