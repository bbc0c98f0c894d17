package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.time.Duration;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM within an epoch loses no batch: another trainer goes on where the run was, to the same weights. Uses the built services. */
class StopWithinEpochTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int BATCHES = 64;

    private static void order(Standalone trainer, String id) {
        trainer.order(
                id,
                "\"dataset\": \"fashion-mini\", \"limit\": 2048, \"batchSize\": 32, \"evaluateEvery\": 0,"
                        + " \"epochs\": 2, \"seed\": 3, \"model\": \"resnet8\", \"policy\": {\"kind\": \"selective\"}");
    }

    private static JsonPath run(Standalone trainer, String id) {
        return get(trainer.address + "/runs/" + id).jsonPath();
    }

    private static int batch(Standalone trainer) {
        Integer batch = run(trainer, "stopped").get("progress.batch");
        return batch == null ? 0 : batch;
    }

    private static JsonPath completed(Standalone trainer, String id) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(run(trainer, id).getString("state"))
                .isEqualTo("COMPLETED"));
        return run(trainer, id);
    }

    @Test
    void anotherTrainerGoesOnAtTheNextBatch(@TempDir Path home) throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                Standalone selector = Standalone.start("selector", home, broker.bootstrapServers())) {
            int seen;
            // Given: a checkpoint at ends of epochs only, and a trainer that is stopped within the first one.
            try (Standalone stopped = Standalone.start("trainer", home, broker.bootstrapServers())) {
                order(stopped, "stopped");
                await().atMost(PATIENCE).until(() -> batch(stopped) >= 5);
                seen = batch(stopped);
                // When
                assertThat(stopped.codeAfter("TERM")).as(stopped.said()).isZero();
            }
            // Then
            try (Standalone next = Standalone.start("trainer", home, broker.bootstrapServers())) {
                JsonPath resumed = completed(next, "stopped");
                assertThat(resumed.getInt("resumedFrom.epoch")).isOne();
                assertThat(resumed.getInt("resumedFrom.batch")).isBetween(seen, BATCHES - 1);
                assertThat(resumed.getBoolean("bitIdentical")).isTrue();
                order(next, "undisturbed");
                assertThat(resumed.getString("weightsChecksum"))
                        .isEqualTo(completed(next, "undisturbed").getString("weightsChecksum"));
            }
            assertThat(selector.said()).doesNotContain(" ERROR ");
        }
    }
}
