package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of {@code dietsb bench start}. */
class StartLongTest {
    @Test
    void measuresTheSystemOfThisBuildBesideThatOfAnother(@TempDir Path folder) throws Exception {
        // When
        JsonNode report = ShortRun.of(
                folder, "start", "--rounds=1", "--idle=.5", "--against=" + System.getProperty("dietsb.root"));
        // Then
        assertThat(report.path("rows").findValuesAsText("name"))
                .containsExactly("ready", "stopped", "CPU time until idle", "resident memory, idle");
        for (JsonNode row : report.path("rows")) {
            ShortRun.isMeasured(row, "ours", "other");
        }
        assertThat(report.at("/rows/3/ours").asDouble()).as("MiB").isBetween(200., 4_000.);
    }
}
