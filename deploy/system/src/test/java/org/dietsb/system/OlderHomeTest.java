package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Starts this build on the home folder and the topics that the build at 47bd06d left behind when it was killed. */
class OlderHomeTest {
    private static final String SCORES = "fashion-mini-resnet8-k2-e1-8bced6cd";

    private static RunningSystem system;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Path home = Files.createTempDirectory("dietsb-older-home");
        Path archive = Path.of(Objects.requireNonNull(OlderHomeTest.class.getResource("/older-home/home.tar.gz"))
                .getPath());
        Process tar = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", home.toString())
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        system = RunningSystem.start(home);
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        system.close();
    }

    @Test
    void readsRuns() {
        assertRun("fashion-mini-resnet8-selective-771ed2", .25, .5);
        assertRun("fashion-mini-resnet8-diet-selective-69490b", .1315, .505);
        assertRun("kept-by-an-older-build", .73, .684);
    }

    @Test
    void readsPolicyChanges() {
        JsonNode history = get(system.selector + "/runs/kept-by-an-older-build/policy/history")
                .as(JsonNode.class);
        assertThat(history.findValuesAsText("kind")).containsExactly("selective", "random", "selective");
        assertThat(history.findValuesAsText("revision")).containsExactly("0", "1", "2");
        assertThat(history.path(2).path("from").path("progress").asDouble()).isEqualTo(.8);
        assertThat(history.path(1).path("effects").path(0).path("batch").asInt())
                .isEqualTo(15);
    }

    @Test
    void readsScores() {
        JsonNode sets = get(system.scorer + "/score-sets").as(JsonNode.class);
        assertThat(sets).hasSize(1);
        assertThat(sets.path(0).path("id").asText()).isEqualTo(SCORES);
        assertThat(sets.path(0).path("checksum").asText())
                .isEqualTo("41a5bff29077f3fc7fd4373493cc8f058567c34c32067ecc77f5a1b321a64990");
        assertThat(get(system.scorer + "/score-sets/" + SCORES + "/lowest?count=3")
                        .as(JsonNode.class))
                .hasSize(3);
    }

    /** The run was killed in its third epoch. It resumes while its order is retained, and otherwise stays as it was. */
    @Test
    void knowsTheInterruptedRun() {
        JsonNode run =
                get(system.trainer + "/runs/interrupted-in-an-older-build").as(JsonNode.class);
        assertThat(run.path("state").asText()).isIn("RUNNING", "COMPLETED");
        assertThat(run.path("seed").asLong()).isEqualTo(3);
        assertThat(run.path("reason").asText()).isEmpty();
    }

    private static void assertRun(String id, double accuracy, double pruned) {
        JsonNode run = get(system.trainer + "/runs/" + id).as(JsonNode.class);
        assertThat(run.path("state").asText()).as(id).isEqualTo("COMPLETED");
        assertThat(run.path("accuracy").asDouble()).as(id).isEqualTo(accuracy);
        assertThat(run.path("totalPruned").asDouble()).as(id).isCloseTo(pruned, within(.001));
        assertThat(run.path("weightsChecksum").asText()).as(id).hasSize(64);
    }
}
