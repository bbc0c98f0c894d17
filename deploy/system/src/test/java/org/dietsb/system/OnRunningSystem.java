package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.launcher.text.Json;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A complete system, which is started for the first of these test classes in a JVM and stopped with the JVM; orders, runs and assertions. */
abstract class OnRunningSystem {
    static final Duration PATIENCE = Duration.ofMinutes(8);

    @SuppressWarnings("NullAway.Init")
    static RunningSystem system;

    @RegisterExtension
    static final BeforeAllCallback SYSTEM_OF_ALL_CLASSES = OnRunningSystem::present;

    private static void present(ExtensionContext context) throws IOException {
        // Surefire executes each class by itself; the session lasts as long as this JVM.
        RunningSystem one = context.getStore(
                        ExtensionContext.StoreScope.LAUNCHER_SESSION,
                        ExtensionContext.Namespace.create(OnRunningSystem.class))
                .computeIfAbsent(RunningSystem.class, any -> started(), RunningSystem.class);
        system = one;
        RestAssured.authentication =
                RestAssured.oauth2(Files.readString(one.tokenFile()).strip());
    }

    private static RunningSystem started() {
        try {
            return RunningSystem.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @AfterAll
    static void forget() {
        // Another system of this JVM rejects this one's token.
        RestAssured.authentication = RestAssured.DEFAULT_AUTH;
    }

    static void assertEveryBatchIsJudgedOnce(RunLog log, int examples, int epochs, int size) {
        assertThat(log.epochs()).hasSize(epochs);
        assertThat(log.masks()).hasSameSizeAs(log.batches());
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().get(i);
            assertThat(mask.getEpoch()).isEqualTo(batch.getEpoch());
            assertThat(mask.getBatch()).isEqualTo(batch.getBatch());
            assertThat(mask.getRevision()).isEqualTo(batch.getRevision());
            assertThat(RunLog.count(mask.getSelected())).isEqualTo(mask.getSelectedCount());
        }
        for (int epoch = 1; epoch <= epochs; epoch++) {
            assertThat(log.batchesOf(epoch).map(BatchLosses::getBatch))
                    .containsExactlyElementsOf(IntStream.range(0, (examples + size - 1) / size)
                            .boxed()
                            .toList());
            assertThat(indices(log, epoch))
                    .containsExactly(IntStream.range(0, examples).toArray());
        }
    }

    /** Returns the indices announced in an epoch, ascending. */
    static int[] indices(RunLog log, int epoch) {
        return log.batchesOf(epoch)
                .flatMap(batch -> batch.getIndicesList().stream())
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    /** Returns an order of a run that is not evaluated: the 2,000 test images take longer than most runs here. */
    static ObjectNode recipe(String id, int examples, int epochs) {
        return Json.object()
                .put("id", id)
                .put("limit", examples)
                .put("epochs", epochs)
                .put("batchSize", 32)
                .put("evaluateEvery", 0);
    }

    /** Returns an order of a run that is evaluated at its end. */
    static ObjectNode evaluated(String id, int examples, int epochs) {
        return recipe(id, examples, epochs).put("evaluateEvery", epochs);
    }

    static ObjectNode policy(String kind, double keep) {
        return Json.object().put("kind", kind).put("keep", keep);
    }

    static Response post(String address, JsonNode body) {
        return given().contentType("application/json").body(body.toString()).post(address);
    }

    static String order(ObjectNode recipe, ObjectNode policy) {
        return order(system, recipe, policy);
    }

    static String order(RunningSystem at, ObjectNode recipe, ObjectNode policy) {
        recipe.set("policy", policy);
        return post(at.trainer + "/runs", recipe)
                .then()
                .statusCode(201)
                .extract()
                .path("runId");
    }

    static JsonNode run(String run) {
        return run(system, run);
    }

    static JsonNode run(RunningSystem at, String run) {
        return get(at.trainer + "/runs/" + run).as(JsonNode.class);
    }

    static void awaitBatch(String run, int epoch, int batch) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            JsonNode at = run(run).path("progress");
            return at.path("epoch").asInt() > epoch
                    || (at.path("epoch").asInt() == epoch && at.path("batch").asInt() >= batch);
        });
    }

    static JsonNode completed(String run) {
        return completed(system, run);
    }

    static JsonNode completed(RunningSystem at, String run) {
        return completed(at, run, PATIENCE);
    }

    static JsonNode completed(RunningSystem at, String run, Duration patience) {
        await().atMost(patience).until(() -> !List.of("QUEUED", "RUNNING")
                .contains(run(at, run).path("state").asText()));
        JsonNode done = run(at, run);
        assertThat(done.path("state").asText())
                .as("%s", done.path("reason").asText())
                .isEqualTo("COMPLETED");
        return done;
    }

    static long sum(JsonNode run, String figure) {
        long sum = 0;
        for (JsonNode of : run.has("epochs") ? run.path("epochs") : run) {
            sum += of.path(figure).asLong();
        }
        return sum;
    }
}
