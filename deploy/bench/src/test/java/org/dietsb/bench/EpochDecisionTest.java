package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark, with fewer examples: real broker, and a real selector whose every mask is that of the pure rule. */
class EpochDecisionTest {

    @Test
    void everyMaskIsThatOfItsRule(@TempDir Path folder) throws Exception {
        run(folder, "--examples=300000", "--epochs=2", "--batches=4", "--rounds=1", "--warm-up=.5", "--seconds=.5");
    }

    static void run(Path folder, String... options) throws Exception {
        JsonNode report = ShortRun.optimized(folder, "epoch-decision", options);
        assertThat(report.path("rows").findValuesAsText("name"))
                .contains(
                        "CPU seconds of an epoch's decision, diet",
                        "CPU seconds of an epoch's decision, infobatch",
                        "CPU seconds of an epoch's decision, repb",
                        "CPU seconds of an epoch's decision, selective",
                        "CPU seconds of an epoch's decision, replay",
                        "p99 of another run meanwhile, to undisturbed, diet",
                        "live heap, bytes an example, infobatch");
        for (JsonNode row : report.path("rows")) {
            assertThat(row.path("value").asDouble()).as("%s", row).isFinite();
            assertThat(row.path("limit").asDouble()).isPositive();
        }
    }
}
