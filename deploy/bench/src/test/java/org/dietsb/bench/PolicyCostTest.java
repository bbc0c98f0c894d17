package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark, on real images. */
class PolicyCostTest {

    @Test
    void measuresAnEpochRelativeToTheTrainerAloneAndToItsParts(@TempDir Path folder) throws Exception {
        // When
        JsonNode rows = ShortRun.of(
                        folder,
                        "policy-cost",
                        "--model=resnet8",
                        "--batch-size=16",
                        "--batches=4",
                        "--rounds=1",
                        "--warm-up=.1",
                        "--only=1/2, stale:3, half size")
                .path("rows");
        // Then
        assertThat(rows.findValuesAsText("name"))
                .containsExactlyInAnyOrder(
                        "the trainer alone, without Kafka",
                        "selective 1/2, stale:3, half size, shrink",
                        "selective 1/2, stale:3, half size, accumulate",
                        "part: a step of 8",
                        "part: a step of 16",
                        "part: a selection pass, scale 0.5");
        rows.forEach(row -> ShortRun.isMeasured(row));
        JsonNode shrunk = row(rows, "selective 1/2, stale:3, half size, shrink");
        JsonNode queued = row(rows, "selective 1/2, stale:3, half size, accumulate");
        for (JsonNode policy : new JsonNode[] {shrunk, queued}) {
            ShortRun.isMeasured(policy, "limit", "s/epoch");
            assertThat(policy.path("cpuSeconds").has("selector")).isTrue();
        }
        assertThat(shrunk.path("step of").asInt()).isEqualTo(8);
        assertThat(queued.path("step of").asInt()).isEqualTo(16);
        // One epoch of three has selection passes, and half of the examples are trained.
        double pass =
                row(rows, "part: a selection pass, scale 0.5").path("ratio").asDouble();
        assertThat(queued.path("limit").asDouble()).isCloseTo(.5 + pass / 3, within(.01 * (.5 + pass / 3)));
    }

    @Test
    void measuresReplaysAndProxiesWhichHaveNoSelectionPass(@TempDir Path folder) throws Exception {
        // When
        JsonNode rows = ShortRun.of(
                        folder,
                        "policy-cost",
                        "--model=resnet8",
                        "--proxy=resnet8",
                        "--batch-size=16",
                        "--batches=4",
                        "--rounds=1",
                        "--warm-up=.1",
                        "--threads=1",
                        "--only=of selective 1/2, accumulate")
                .path("rows");
        // Then
        for (String name :
                new String[] {"replay of selective 1/2, accumulate", "proxy:resnet8 of selective 1/2, accumulate"}) {
            JsonNode row = row(rows, name);
            ShortRun.isMeasured(row, "limit", "s/epoch");
            assertThat(row.path("step of").asInt()).isEqualTo(16);
            // Half of the examples are trained, and nothing else is done.
            assertThat(row.path("limit").asDouble()).isCloseTo(.5, within(1e-9));
        }
    }

    private static JsonNode row(JsonNode rows, String name) {
        for (JsonNode row : rows) {
            if (row.path("name").asText().equals(name)) {
                return row;
            }
        }
        throw new AssertionError("no row " + name);
    }
}
