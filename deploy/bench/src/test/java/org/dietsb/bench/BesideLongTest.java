package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A benchmark of this build beside the same one of this build. */
class BesideLongTest {
    @Test
    void comparesRowByRow(@TempDir Path folder) throws Exception {
        // When
        JsonNode report = ShortRun.of(
                folder,
                "beside",
                "--against=" + System.getProperty("dietsb.root"),
                "--rounds=1",
                "mask-path",
                "--seconds=.2",
                "--warm-up=.2",
                "--batch-size=8",
                "--window=1");
        // Then
        assertThat(report.path("rows").findValuesAsText("name"))
                .containsExactly(
                        "round trip p50, batches of 8",
                        "round trip p99, batches of 8",
                        "round trip p99.9, batches of 8");
        report.path("rows").forEach(row -> ShortRun.isMeasured(row, "ours", "other"));
    }
}
