package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.dietsb.launcher.text.Json;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.junit.jupiter.api.Test;

/** Policies on the recorded losses of runs of a complete system, and explanations of their masks. */
class WhatIfSystemTest extends OnRunningSystem {

    private static List<JsonNode> whatIf(String run, ObjectNode... policies) {
        ObjectNode request = Json.object();
        for (ObjectNode policy : policies) {
            request.withArray("policies").add(policy);
        }
        return post(system.selector + "/runs/" + run + "/what-if", request)
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .map(WhatIfSystemTest::parsed)
                .toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return Json.MAPPER.readTree(line);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(line, notJson);
        }
    }

    private static JsonNode explanation(String run, int epoch, int batch, int example) {
        return get(system.selector + "/runs/" + run + "/explanation?epoch=" + epoch + "&batch=" + batch + "&example="
                        + example)
                .as(JsonNode.class);
    }

    @Test
    void underItsOwnPolicyARunSelectsAndCostsWhatItDid() {
        // Given: one that judges batches, one that judges epochs.
        ObjectNode selective = policy("diet-selective", .5)
                .put("prePruned", .25)
                .put("order", "random")
                .put("interrupt", 4);
        ObjectNode infobatch = policy("infobatch", .25);
        for (ObjectNode own : List.of(selective, infobatch)) {
            String kind = own.path("kind").asText();
            String run = order(recipe("what-if-" + kind, 320, 3), own);
            JsonNode done = completed(run);
            await().atMost(PATIENCE)
                    .until(() -> get(system.selector + "/mask-records/" + run)
                                    .as(JsonNode.class)
                                    .path("epochs")
                                    .size()
                            == 3);

            // When
            List<JsonNode> lines = whatIf(
                    run,
                    own,
                    policy("random", .25),
                    Json.object().put("kind", "diet").put("scoreSet", "none"));

            // Then
            assertThat(lines).as(kind).hasSize(4);
            assertThat(lines.get(3).path("over").asBoolean()).isTrue();
            for (int epoch = 1; epoch <= 3; epoch++) {
                JsonNode line = lines.get(epoch - 1);
                assertThat(line.path("epoch").asInt()).isEqualTo(epoch);
                JsonNode verdict = line.at("/policies/0/verdict");
                assertThat(verdict.path("jaccard").asDouble())
                        .as("%s, epoch %d", kind, epoch)
                        .isEqualTo(1);
                assertThat(verdict.path("passes").asDouble())
                        .isCloseTo(verdict.path("passesNow").asDouble(), within(1e-9));
                // Of batches of other sizes than 32 it keeps a quarter, rounded.
                assertThat(line.at("/policies/1/kept").asDouble()).isCloseTo(.25, within(.01));
                assertThat(line.at("/policies/2/refused").asText()).contains("none");
            }
            assertThat(sum(done, "selected"))
                    .isEqualTo(lines.stream()
                            .mapToInt(
                                    line -> line.at("/policies/0/verdict/kept").asInt())
                            .sum());
        }
    }

    @Test
    void anExplanationHasTheBitOfTheMask() {
        String run = order(recipe("explained", 320, 2), policy("selective", .5));
        completed(run);
        RunLog log = RunLog.read(system.kafka(), run);
        BatchLosses batch = log.batches().get(13);
        BatchMask mask = log.masks().get(13);
        BitSet selected = BitSet.valueOf(mask.getSelected().toByteArray());

        for (int place = 0; place < batch.getIndicesCount(); place += 3) {
            float loss = batch.getLosses(place);
            JsonNode told = explanation(run, batch.getEpoch(), batch.getBatch(), batch.getIndices(place));
            assertThat(told.path("selected").asBoolean()).as("%s", told).isEqualTo(selected.get(place));
            assertThat(told.path("loss").floatValue()).isEqualTo(loss);
            assertThat(told.path("rank").asLong())
                    .isEqualTo(1
                            + batch.getLossesList().stream()
                                    .filter(other -> other > loss)
                                    .count());
            assertThat(told.path("why").asText()).contains("its loss ranks");
        }
        assertThat(explanation(run, 2, 0, 5_000).path("detail").asText())
                .isEqualTo("example is 5000, allowed is [0, 320), the training set");
        assertThat(explanation(run, 3, 0, 5).path("detail").asText()).isEqualTo("run explained has not opened epoch 3");
    }

    @Test
    void aDietGoesByTheLossesThatAnotherRunReported() {
        String source = order(recipe("reported", 320, 3), policy("selective", .5));
        completed(source);
        double[] sums = new double[320];
        for (BatchLosses batch : RunLog.read(system.kafka(), source).batches()) {
            for (int i = 0; i < batch.getIndicesCount(); i++) {
                sums[batch.getIndices(i)] += batch.getLosses(i);
            }
        }

        String sets = system.selector + "/runs/" + source + "/score-sets";
        JsonNode published = post(sets, Json.object().put("method", "mean-loss"))
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);

        String id = published.path("scoreSet").asText();
        assertThat(id).isEqualTo("reported.mean-loss");
        JsonNode set = get(system.scorer + "/score-sets/" + id).as(JsonNode.class);
        assertThat(set.path("method").asText()).isEqualTo("mean-loss");
        for (int i = 0; i < 320; i++) {
            assertThat(set.path("scores").path(i).asDouble())
                    .as("example %d", i)
                    .isCloseTo(sums[i] / 3, within(1e-6));
        }
        JsonNode done = completed(order(
                recipe("by-losses", 320, 1),
                Json.object().put("kind", "diet").put("prePruned", .25).put("scoreSet", id)));
        assertThat(sum(done, "seen")).as("the diet leaves three quarters").isEqualTo(240);
        JsonNode forgotten = post(sets, Json.object().put("method", "forgetting"))
                .then()
                .statusCode(200)
                .extract()
                .as(JsonNode.class);
        assertThat(forgotten.path("scoreSet").asText()).isEqualTo("reported.forgetting");
        int[] events = forgetting(RunLog.read(system.kafka(), source).batches());
        JsonNode counts = get(system.scorer + "/score-sets/reported.forgetting").as(JsonNode.class);
        for (int i = 0; i < 320; i++) {
            assertThat(counts.path("scores").path(i).asInt())
                    .as("example %d", i)
                    .isEqualTo(events[i]);
        }
        post(sets, Json.object().put("method", "dual"))
                .then()
                .statusCode(409)
                .body("detail", equalTo("run reported: dual needs 10 epochs or more, the run has 3"));
    }

    /** Returns how often each of 320 examples was forgotten in three epochs; 3 if it was never classified correctly. */
    private static int[] forgetting(List<BatchLosses> batches) {
        String[] courses = new String[320];
        Arrays.fill(courses, "");
        for (BatchLosses batch : batches) {
            BitSet correct = BitSet.valueOf(batch.getCorrect().toByteArray());
            for (int i = 0; i < batch.getIndicesCount(); i++) {
                courses[batch.getIndices(i)] += correct.get(i) ? "+" : "-";
            }
        }
        return Arrays.stream(courses)
                .mapToInt(course -> !course.contains("+") ? 3 : course.contains("+-") ? 1 : 0)
                .toArray();
    }
}
