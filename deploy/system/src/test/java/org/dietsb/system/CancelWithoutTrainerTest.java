package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;

import io.restassured.response.ValidatableResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs are cancelled while no trainer is up: the next one obeys, and trains none of them. Uses the built services. */
class CancelWithoutTrainerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static void order(Standalone trainer, String id) {
        trainer.order(
                id,
                "\"dataset\": \"fashion-mini\", \"limit\": 512, \"epochs\": 5000,"
                        + " \"model\": \"resnet8\", \"policy\": {\"kind\": \"baseline\"}");
    }

    private static ValidatableResponse cancel(Standalone selector, String id) {
        return given().header("Authorization", "Bearer " + Standalone.TOKEN)
                .delete(selector.address + "/runs/" + id)
                .then();
    }

    private static void awaitState(Standalone trainer, String id, String state) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        get(trainer.address + "/runs/" + id).jsonPath().getString("state"))
                .isEqualTo(state));
    }

    @Test
    void nextTrainerEndsTheRunsAndTrainsNone(@TempDir Path home) throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                Standalone selector = Standalone.start("selector", home, broker.bootstrapServers())) {
            long attempt;
            // Given: a trainer that dies with one run in training and one in the queue.
            try (Standalone dying = Standalone.start("trainer", home, broker.bootstrapServers())) {
                order(dying, "trained");
                awaitState(dying, "trained", "RUNNING");
                order(dying, "queued");
                attempt = get(dying.address + "/runs/trained").jsonPath().getLong("attempt");
                assertThat(dying.codeAfter("KILL")).isEqualTo(137);
            }
            // When
            cancel(selector, "trained")
                    .statusCode(202)
                    .body("state", equalTo("RUNNING"), "requested", contains("trained"));
            cancel(selector, "queued")
                    .statusCode(202)
                    .body("state", equalTo("QUEUED"), "requested", contains("queued"));
            cancel(selector, "unknown").statusCode(404);
            // Then
            try (Standalone next = Standalone.start("trainer", home, broker.bootstrapServers())) {
                awaitState(next, "trained", "CANCELLED");
                awaitState(next, "queued", "CANCELLED");
                assertThat(get(next.address + "/runs/trained").jsonPath().getLong("attempt"))
                        .isEqualTo(attempt);
                assertThat(next.said()).doesNotContain("begins:");
            }
        }
    }

    @Test
    void trainerThatTrainsTheRunStopsIt(@TempDir Path home) throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                Standalone selector = Standalone.start("selector", home, broker.bootstrapServers());
                Standalone trainer = Standalone.start("trainer", home, broker.bootstrapServers())) {
            // Given
            order(trainer, "trained");
            awaitState(trainer, "trained", "RUNNING");
            order(trainer, "queued");
            // When: the queued one first, which is over before the trainer could take it.
            cancel(selector, "queued").statusCode(202);
            awaitState(trainer, "queued", "CANCELLED");
            assertThat(get(trainer.address + "/runs/trained").jsonPath().getString("state"))
                    .isEqualTo("RUNNING");
            cancel(selector, "trained").statusCode(202);
            // Then
            awaitState(trainer, "trained", "CANCELLED");
        }
    }
}
