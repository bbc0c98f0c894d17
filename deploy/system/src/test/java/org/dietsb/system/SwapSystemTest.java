package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dietsb.browser.Browser;
import org.dietsb.launcher.text.Json;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.junit.jupiter.api.Test;

/** Swaps of policies in a complete system: a real broker, the services in their own JVMs, real images, a real network. */
class SwapSystemTest extends OnRunningSystem {
    @Test
    void swapsAPolicyDuringARunAndTrainsEveryBatchOnce() {
        // Given
        int examples = 1600;
        int epochs = 4;
        String run = order(recipe("swapped", examples, epochs), policy("random", .5));
        awaitBatch(run, 1, 10);
        assertThat(RunLog.read(system.kafka(), run).batches())
                .as("batches announced before the first swap")
                .hasSizeLessThan(epochs * 50);

        // When
        swap(run, 0, policy("selective", .25));
        await().atMost(PATIENCE).until(() -> run(run).path("policyRevision").asLong() == 1);
        awaitBatch(run, 2, 10);
        swap(run, 1, Json.object().put("kind", "baseline"));
        JsonNode done = completed(run);

        // Then
        RunLog log = RunLog.read(system.kafka(), run);
        assertEveryBatchIsJudgedOnce(log, examples, epochs, 32);
        assertThat(log.batches().stream().map(BatchLosses::getRevision).distinct())
                .as("revisions, in the order of the log")
                .containsExactly(0L, 1L, 2L);
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().get(i);
            assertThat(mask.getSelectedCount()).isEqualTo(List.of(16, 8, 32).get((int) batch.getRevision()));
            assertThat(batch.getLossesCount())
                    .as("losses are announced under selective alone")
                    .isEqualTo(batch.getRevision() == 1 ? 32 : 0);
        }
        assertThat(sum(done, "selected"))
                .isEqualTo(log.masks().stream()
                        .mapToLong(BatchMask::getSelectedCount)
                        .sum());
        assertThat(sum(done, "selectionExamples"))
                .isEqualTo(log.batches().stream()
                        .mapToLong(BatchLosses::getLossesCount)
                        .sum());
        JsonNode history =
                get(system.selector + "/runs/" + run + "/policy/history").as(JsonNode.class);
        assertThat(history.findValuesAsText("kind")).containsExactly("random", "selective", "baseline");
    }

    @Test
    void twentySwapsASecondLoseNoBatch() {
        String run = order(recipe("storm", 960, 4), Json.object().put("kind", "baseline"));
        awaitBatch(run, 1, 1);
        int swaps = SwapStorm.over(system, run, 60);
        JsonNode unused = completed(run);
        SwapStorm.assertThatNoBatchIsLost(system, run, swaps, 960, 4);
    }

    @Test
    void swapsThroughTheFormOfTheControlRoom() throws IOException {
        // Given
        String run = order(recipe("controlled", 1600, 3), policy("random", .5));
        String page = system.selector + "/control/runs/" + run;
        Map<String, String> cookies = signedIn();
        awaitBatch(run, 1, 10);

        // When
        form(Map.of())
                .formParam("kind", "random")
                .post(page)
                .then()
                .statusCode(303)
                .header("Location", startsWith("/control/sign-in?back="));
        given().auth()
                .none()
                .cookies(cookies)
                .header("Origin", "http://elsewhere.example")
                .formParam("kind", "random")
                .post(page)
                .then()
                .statusCode(401);
        form(cookies)
                .formParams("kind", "random", "keep", ".25", "revision", "0")
                .post(page)
                .then()
                .statusCode(303);
        form(cookies)
                .formParams("kind", "baseline", "revision", "0")
                .post(page)
                .then()
                .statusCode(412)
                .body(
                        containsString("ada changed the policy first"),
                        containsString("revision 1 is random, keep 0.25"));
        JsonNode ended = completed(run);

        // Then
        RunLog log = RunLog.read(system.kafka(), run);
        assertThat(log.batches().get(log.batches().size() - 1).getRevision()).isEqualTo(1);
        for (int i = 0; i < log.batches().size(); i++) {
            assertThat(log.masks().get(i).getSelectedCount())
                    .isEqualTo(log.batches().get(i).getRevision() == 0 ? 16 : 8);
        }
        given().auth()
                .none()
                .get(page)
                .then()
                .statusCode(200)
                .body(containsString("by ada"), containsString("random, keep 0.25"));
        given().auth()
                .none()
                .queryParam("fingerprint", ended.get("fingerprint").asText())
                .queryParam("limit", 1600)
                .get(system.selector + "/control/images/fashion-mini/1599.png")
                .then()
                .statusCode(200)
                .contentType("image/png");
    }

    @Test
    void cancelsARunInTheControlRoomAndAScoringThatWaitsForIt() throws IOException {
        // Given: a run that trains, and a scoring whose members wait for the trainer.
        String run = order(recipe("unwanted", 1600, 400), policy("random", .5));
        awaitBatch(run, 1, 2);
        ObjectNode scoring =
                recipe("", 960, 3).put("members", 2).put("scoringEpochs", 1).put("seed", 77);
        scoring.remove(List.of("id", "evaluateEvery"));
        String scores =
                post(system.scorer + "/scorings", scoring).then().extract().path("id");
        String member = scores + "-member-1";
        // Right after the request the trainer does not know its members yet.
        await().atMost(PATIENCE).until(() -> "QUEUED"
                .equals(get(system.trainer + "/runs/" + member).path("state")));
        // When
        given().delete(system.scorer + "/scorings/" + scores)
                .then()
                .statusCode(202)
                .body("state", equalTo("CANCELLED"));
        String page = system.selector + "/control/runs/" + run;
        form(Map.of()).post(page + "/cancel").then().statusCode(303).header("Location", containsString("/sign-in"));
        assertThat(run(run).path("state").asText()).isEqualTo("RUNNING");
        form(signedIn()).post(page + "/cancel").then().statusCode(303);
        // Then: the trainer is free, and trains no member.
        await().atMost(PATIENCE).until(() -> run(run).path("state").asText().equals("CANCELLED"));
        JsonNode after = completed(order(recipe("after", 320, 1), policy("random", .5)));
        assertThat(after.path("state").asText()).isEqualTo("COMPLETED");
        JsonNode unwanted = run(member);
        assertThat(unwanted.path("state").asText()).isEqualTo("CANCELLED");
        assertThat(unwanted.path("reason").asText()).isEqualTo("its scoring ended: cancelled");
        assertThat(unwanted.path("epochs")).isEmpty();
    }

    private static Map<String, String> signedIn() throws IOException {
        return form(Map.of())
                .formParam("name", "ada")
                .formParam("token", Files.readString(system.tokenFile()).strip())
                .post(system.selector + "/control/sign-in")
                .then()
                .statusCode(303)
                .extract()
                .cookies();
    }

    @Test
    void ordersFollowsAndSwapsARunInTheControlRoom() throws IOException {
        ObjectNode scoring = recipe("", 960, 3).put("members", 2).put("scoringEpochs", 1);
        scoring.remove(List.of("id", "evaluateEvery"));
        String scores = post(system.scorer + "/scorings", scoring)
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        await().atMost(PATIENCE).until(() -> !get(system.scorer + "/scorings/" + scores)
                .<String>path("state")
                .equals("RUNNING"));
        try (Browser browser = Browser.start(system.selector)) {
            // Given
            browser.look(1280, 800, false);
            browser.open("/control/sign-in?back=/");
            browser.type("[name=name]", "ada");
            browser.type("[name=token]", Files.readString(system.tokenFile()).strip());
            browser.click("button.main");
            browser.awaitText(".sets", scores);

            // When a run is ordered
            browser.click("a.main");
            browser.choose("[name=kind]", "selective");
            browser.awaitText("#parameters", "of high loss");
            browser.type("[name=limit]", "960");
            browser.type("[name=epochs]", "0");
            browser.type("[name=batchSize]", "32");
            browser.click("#order button.main");
            browser.awaitText(".problem", "epochs is 0");
            browser.type("[name=epochs]", "12");
            browser.click("#order button.main");

            // Then it is followed, swapped and rolled back
            browser.awaitText("#live", "epoch 2 of 12");
            String run = browser.path().substring("/control/runs/".length());
            browser.awaitText("#dry-run", "now");
            browser.choose("[name=kind]", "random");
            browser.awaitText("#parameters", "at random");
            browser.click("#swap button.main");
            browser.awaitText(".stretches", "r1 random, keep 0.5");
            browser.choose("[name=kind]", "diet-selective");
            browser.awaitText("#parameters", "a diet, and of each batch");
            browser.type("[name=scoreSet]", scores);
            browser.click("#swap button.main");
            browser.awaitText(".stretches", "r2 diet-selective, keep 0.5, pre-pruned 0.25");
            // A swap after an epoch's begin has its diet from the next epoch, of which the whole is awaited.
            awaitBatch(run, run(run).at("/progress/epoch").asInt() + 3, 1);
            browser.click("#back-0");
            browser.awaitText(".history", "rolls back to r0");
            browser.awaitText(".stretches", "r3 selective, keep 0.5");
            JsonNode ended = completed(run);
            browser.awaitText(".state", "completed");
            browser.awaitText(".history li:nth-child(1) .effect", "→");
            browser.awaitText(".history li:nth-child(2) .effect", "→");
            browser.awaitText(".history li:nth-child(3) .effect", "→");
            assertThat(browser.text(".history")).contains("by ada");
            browser.picture("system-run");
            browser.mustBeFitForAll();
            assertThatMasksAre(run, ended);

            // And the score set is shown
            browser.open("/control/score-sets/" + scores);
            browser.awaitText("#highest + ol", ".");
            for (String image : browser.images()) {
                assertThat(get(image).contentType()).isEqualTo("image/png");
            }
            assertThat(browser.images()).hasSizeGreaterThanOrEqualTo(40);
            browser.picture("system-score-set");
            browser.mustBeFitForAll();
            browser.mustHaveNoComplaints();
        }
    }

    /** Asserts the masks of SB, random, Diet-SB and SB again on the announced batches. */
    private static void assertThatMasksAre(String run, JsonNode ended) {
        RunLog log = RunLog.read(system.kafka(), run);
        assertThat(log.batches().stream().map(BatchLosses::getRevision).distinct())
                .containsExactly(0L, 1L, 2L, 3L);
        assertThat(log.masks()).hasSameSizeAs(log.batches());
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            assertThat(log.masks().get(i).getSelectedCount()).isEqualTo(Math.round(.5 * batch.getIndicesCount()));
            assertThat(batch.getLossesCount() > 0).isEqualTo(batch.getRevision() != 1);
        }
        assertThat(log.batches().stream()
                        .filter(batch -> batch.getRevision() == 2)
                        .collect(Collectors.groupingBy(
                                BatchLosses::getEpoch, Collectors.summingInt(BatchLosses::getIndicesCount)))
                        .values())
                .as("of an epoch under the diet, three quarters of the examples are left")
                .contains(720);
        assertThat(ended.path("policyRevision").asLong()).isEqualTo(3);
    }

    /** Returns a request like that of a browser that submits a form of the control room. */
    private static RequestSpecification form(Map<String, String> cookies) {
        return given().auth()
                .none()
                .redirects()
                .follow(false)
                .accept("text/html")
                .header("Origin", system.selector)
                .cookies(cookies);
    }

    @Test
    void aScheduledPolicyEndsByItselfAndItsEffectIsReported() {
        // Given
        String run = order(
                recipe("scheduled", 800, 5).put("evaluateEvery", 1),
                Json.object().put("kind", "baseline"));
        // When
        given().contentType("application/json")
                .body(policy("random", .5).toString())
                .put(system.selector + "/runs/" + run + "/policy?fromEpoch=4&forEpochs=1")
                .then()
                .statusCode(200);
        JsonNode done = completed(run);
        // Then
        assertThat(done.path("policies").findValuesAsText("revision")).containsExactly("0", "1", "0");
        RunLog log = RunLog.read(system.kafka(), run);
        for (BatchLosses batch : log.batches()) {
            assertThat(batch.getRevision()).isEqualTo(batch.getEpoch() == 4 ? 1 : 0);
        }
        assertEveryBatchIsJudgedOnce(log, 800, 5, 32);
        assertThat(log.spans())
                .as("of the 25 batches of an epoch: a window of 4, then 3 at a time")
                .hasSize(5 * 8);
        JsonNode effect = get(system.selector + "/runs/" + run + "/policy/history")
                .as(JsonNode.class)
                .at("/1/effects/0");
        assertThat(effect.path("epoch").asInt()).isEqualTo(4);
        assertThat(effect.path("until").path("epoch").asInt()).isEqualTo(5);
        assertThat(effect.at("/before/passesPerEpoch").asDouble()).isEqualTo(1);
        assertThat(effect.at("/after/passesPerEpoch").asDouble()).isEqualTo(.5);
        assertThat(effect.at("/before/accuracy")).isEqualTo(done.at("/epochs/2/accuracy"));
        assertThat(effect.at("/after/accuracy")).isEqualTo(done.at("/epochs/3/accuracy"));
    }

    private static void swap(String run, long revision, ObjectNode policy) {
        given().contentType("application/json")
                .header("If-Match", "\"" + revision + "\"")
                .body(policy.toString())
                .put(system.selector + "/runs/" + run + "/policy?who=test")
                .then()
                .statusCode(200);
    }
}
