package org.dietsb.launcher;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dietsb.browser.Browser;
import org.dietsb.launcher.text.Json;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.trainer.wire.BatchLosses;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole system: a real broker, the three services in their own JVMs, real images, a real network. */
class SystemTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static RunningSystem system;

    @BeforeAll
    static void start() throws IOException {
        system = RunningSystem.start();
        RestAssured.authentication =
                RestAssured.oauth2(Files.readString(system.tokenFile()).strip());
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        system.close();
    }

    @Test
    void swapsAPolicyWhileARunIsOnAndTrainsEveryBatchOnce() {
        // Given
        int examples = 1600;
        int epochs = 4;
        String run = order(recipe("swapped", examples, epochs), policy("random", .5));
        awaitBatch(run, 1, 10);
        assertThat(RunLog.read(system.bootstrapServers, run).batches())
                .as("batches announced before the first swap")
                .hasSizeLessThan(epochs * 50);

        // When
        swap(run, 0, policy("selective", .25));
        await().atMost(PATIENCE).until(() -> run(run).path("policyRevision").asLong() == 1);
        awaitBatch(run, 2, 10);
        swap(run, 1, Json.object().put("kind", "baseline"));
        JsonNode done = completed(run);

        // Then
        RunLog log = RunLog.read(system.bootstrapServers, run);
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
        Map<String, String> cookies = form(Map.of())
                .formParam("name", "ada")
                .formParam("token", Files.readString(system.tokenFile()).strip())
                .post(system.selector + "/control/sign-in")
                .then()
                .statusCode(303)
                .extract()
                .cookies();
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
                .body(containsString("ada was first"), containsString("random, keep 0.25 is revision 1"));
        JsonNode ended = completed(run);

        // Then
        RunLog log = RunLog.read(system.bootstrapServers, run);
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
    void allOfARunIsDoneInTheControlRoom() throws IOException {
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
            browser.type("[name=epochs]", "20");
            browser.click("#order button.main");

            // Then it is followed, swapped and rolled back
            browser.awaitText("#live", "epoch 2 of 20");
            String run = browser.path().substring("/control/runs/".length());
            browser.awaitText("#dry-run", "now");
            browser.choose("[name=kind]", "random");
            browser.awaitText("#parameters", "at random");
            browser.click("#swap button.main");
            browser.awaitText(".stretches", "r1 random, keep 0.5");
            browser.choose("[name=kind]", "diet-selective");
            browser.awaitText("#parameters", "what the diet leaves");
            browser.type("[name=scoreSet]", scores);
            browser.click("#swap button.main");
            browser.awaitText(".stretches", "r2 diet-selective, keep 0.5, pre-pruned 0.25");
            awaitBatch(run, run(run).at("/progress/epoch").asInt() + 2, 1);
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

            // And what it left is seen
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

    /** Of SB, random, Diet-SB and SB again, each on batches as they were announced. */
    private static void assertThatMasksAre(String run, JsonNode ended) {
        RunLog log = RunLog.read(system.bootstrapServers, run);
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

    /** As a browser sends a form of the control room's own. */
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
    void aScheduledPolicyMakesWayByItselfAndItsEffectIsTold() {
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
        RunLog log = RunLog.read(system.bootstrapServers, run);
        for (BatchLosses batch : log.batches()) {
            assertThat(batch.getRevision()).isEqualTo(batch.getEpoch() == 4 ? 1 : 0);
        }
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

    @Test
    void scoresThenTrainsOnWhatTheDietKeeps() {
        // Given
        ObjectNode request = recipe("", 600, 3).put("members", 2).put("scoringEpochs", 1);
        request.remove(List.of("id", "evaluateEvery"));

        // When
        String scoring = post(system.scorer + "/scorings", request)
                .then()
                .statusCode(202)
                .extract()
                .path("id");
        await().atMost(PATIENCE).until(() -> !get(system.scorer + "/scorings/" + scoring)
                .<String>path("state")
                .equals("RUNNING"));
        JsonNode set = get(system.scorer + "/score-sets/" + scoring).as(JsonNode.class);
        ObjectNode diet =
                policy("diet-selective", 2.0 / 3).put("prePruned", .25).put("scoreSet", scoring);
        String run = order(recipe("dieted", 600, 3), diet);
        JsonNode done = completed(run);

        // Then
        double[] scores = IntStream.range(0, set.path("scores").size())
                .mapToDouble(i -> set.path("scores").get(i).asDouble())
                .toArray();
        assertThat(scores).hasSize(600);
        assertThat(Arrays.stream(scores).allMatch(score -> score >= 0 && score <= Math.sqrt(2)))
                .isTrue();
        BitSet kept = new BitSet(600);
        kept.set(0, 600);
        IntStream.range(0, 600)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> scores[i]))
                .limit(150)
                .forEach(kept::clear);
        assertThat(kept.stream().mapToDouble(i -> scores[i]).average().orElseThrow())
                .isGreaterThan(IntStream.range(0, 600)
                        .filter(i -> !kept.get(i))
                        .mapToDouble(i -> scores[i])
                        .average()
                        .orElseThrow());
        RunLog log = RunLog.read(system.bootstrapServers, run);
        assertThat(log.diets()).hasSize(3).allSatisfy(mask -> assertThat(
                        BitSet.valueOf(mask.getKept().toByteArray()))
                .isEqualTo(kept));
        for (int epoch = 1; epoch <= 3; epoch++) {
            assertThat(indices(log, epoch)).containsExactly(kept.stream().toArray());
            JsonNode figures = done.path("epochs").get(epoch - 1);
            // 14 batches of 32 and one of 2: round(2/3 * 32) = 21 of each, and 1.
            assertThat(figures.path("seen").asInt()).isEqualTo(450);
            assertThat(figures.path("selected").asInt()).isEqualTo(14 * 21 + 1);
            assertThat(figures.path("backwardExamples").asInt()).isEqualTo(14 * 21 + 1);
            assertThat(figures.path("selectionExamples").asInt()).isEqualTo(450);
            assertThat(figures.path("steps").asInt()).isEqualTo(15);
            assertThat(figures.path("meanLossSelected").asDouble())
                    .isGreaterThan(figures.path("meanLossSeen").asDouble());
        }
        assertThat(done.path("prePruned").asDouble()).isEqualTo(.25);
        assertThat(done.path("totalPruned").asDouble()).isEqualTo(1 - 3 * (14 * 21 + 1) / (3 * 600.0));
        assertThat(sum(done.path("keptPerClass"), "kept")).isEqualTo(450);
    }

    @Test
    void runsNoSelectionPassForPoliciesThatNeedNoLosses() {
        for (String kind : List.of("baseline", "random", "diet", "diet-random")) {
            // Given
            ObjectNode policy =
                    kind.endsWith("random") ? policy(kind, .5) : Json.object().put("kind", kind);
            if (kind.startsWith("diet")) {
                policy.put("prePruned", .25).put("order", "random");
            }

            // When
            JsonNode done = completed(order(recipe("without-losses-" + kind, 320, 1), policy));

            // Then
            int seen = kind.startsWith("diet") ? 240 : 320;
            int selected = kind.endsWith("random") ? (seen / 32) * 16 + (seen % 32 + 1) / 2 : seen;
            assertThat(sum(done, "seen")).as(kind).isEqualTo(seen);
            assertThat(sum(done, "selected")).as(kind).isEqualTo(selected);
            assertThat(sum(done, "selectionExamples")).as(kind).isZero();
            assertThat(done.path("totalPruned").asDouble()).as(kind).isEqualTo(1 - selected / 320.0);
        }
    }

    @Test
    void passesForSelectionInEverySecondEpochAlone() {
        // When
        ObjectNode policy = policy("selective", .5).put("losses", "stale:2").put("selectionScale", .5);
        String run = order(recipe("stale", 320, 3), policy);
        JsonNode done = completed(run);

        // Then
        assertThat(done.path("epochs").findValuesAsText("selectionExamples")).containsExactly("320", "0", "320");
        assertThat(done.path("epochs").findValuesAsText("selected")).containsOnly("160");
        assertEveryBatchIsJudgedOnce(RunLog.read(system.bootstrapServers, run), 320, 3, 32);
    }

    @Test
    void replaysTheMasksOfARunForAnotherSeedAndAnotherNetwork() {
        // Given
        ObjectNode half = policy("selective", .5);
        half.put("kind", "diet-selective").put("prePruned", .25).put("order", "random");
        String source = order(recipe("recorded", 320, 2), half);
        completed(source);
        await().atMost(PATIENCE).until(() -> record(source).path("whole").asBoolean());
        String of = source + "@" + record(source).path("checksum").asText();
        ObjectNode replay = Json.object().put("kind", "replay").put("of", of);

        // When
        ObjectNode otherBatches =
                recipe("replay-other-seed", 320, 2).put("seed", 2).put("batchSize", 20);
        String seed = order(otherBatches, replay);
        JsonNode done = completed(seed);
        JsonNode again = completed(order(otherBatches.deepCopy().put("id", "replay-again"), replay));
        String network = order(recipe("replay-other-network", 320, 2).put("model", "resnet20"), replay);
        JsonNode ofNetwork = completed(network);

        // Then
        List<BitSet> selected = selected(source);
        assertThat(selected).hasSize(2).allSatisfy(epoch -> assertThat(epoch.cardinality())
                .isEqualTo(120));
        assertThat(selected(seed)).isEqualTo(selected);
        assertThat(selected(network)).isEqualTo(selected);
        assertThat(sum(done, "selectionExamples")).isZero();
        assertThat(sum(ofNetwork, "selectionExamples")).isZero();
        assertThat(sum(done, "seen")).as("what the diet left").isEqualTo(480);
        assertThat(sum(done, "selected")).isEqualTo(240);
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
        assertThat(record(source).path("accuracy").isNumber()).isTrue();
    }

    private static JsonNode record(String run) {
        return get(system.selector + "/mask-records/" + run).as(JsonNode.class);
    }

    /** By epoch the examples that the masks of a run selected. */
    private static List<BitSet> selected(String run) {
        RunLog log = RunLog.read(system.bootstrapServers, run);
        List<BitSet> epochs = new ArrayList<>();
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().stream()
                    .filter(one -> one.getEpoch() == batch.getEpoch() && one.getBatch() == batch.getBatch())
                    .findFirst()
                    .orElseThrow();
            while (epochs.size() < batch.getEpoch()) {
                epochs.add(new BitSet());
            }
            BitSet.valueOf(mask.getSelected().toByteArray()).stream()
                    .map(batch::getIndices)
                    .forEach(epochs.get(batch.getEpoch() - 1)::set);
        }
        return epochs;
    }

    @Test
    void leavesOutByTheLossesOfTheStepsAndWeighsWhatStays() {
        // When
        ObjectNode policy = Json.object().put("kind", "infobatch").put("keep", .25);
        String run = order(recipe("infobatch", 320, 4), policy.deepCopy().put("end", .75));
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("infobatch-again", 320, 4), policy.put("end", .75)));

        // Then: all in the first epoch, where no loss is known, and in the last.
        assertThat(sum(done, "selectionExamples")).isZero();
        List<EpochMask> masks = RunLog.read(system.bootstrapServers, run).diets();
        assertThat(masks).extracting(EpochMask::getWeight).containsExactly(0f, 4f, 4f, 0f);
        for (int i = 0; i < 4; i++) {
            int kept = masks.get(i).getKeptCount();
            assertThat(done.path("epochs").get(i).path("backwardExamples").asInt())
                    .isEqualTo(kept);
            assertThat(kept < 320).isEqualTo(i == 1 || i == 2);
        }
        assertThat(done.path("prePruned").asDouble()).isZero();
        assertThat(done.path("totalPruned").asDouble()).isEqualTo(1 - sum(done, "selected") / (4 * 320.0));
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void comparesLossesWithinAStepAndWeighsByTimesTrained() {
        // When
        ObjectNode policy = Json.object().put("kind", "repb").put("keep", .5);
        String run = order(recipe("repb", 320, 3), policy);
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("repb-again", 320, 3), policy));

        // Then: all in the first epoch; then of each example as often as it counts for.
        RunLog log = RunLog.read(system.bootstrapServers, run);
        assertThat(sum(done, "selectionExamples")).isZero();
        assertThat(log.diets()).extracting(EpochMask::getKeptCount).satisfies(kept -> {
            assertThat(kept.get(0)).isEqualTo(320);
            assertThat(kept.get(1)).isLessThan(300);
            assertThat(kept.get(2)).isLessThan(320);
        });
        int[] times = new int[320];
        for (int i = 0; i < log.batches().size(); i++) {
            BatchLosses batch = log.batches().get(i);
            BatchMask mask = log.masks().get(i);
            for (int place = 0; place < batch.getIndicesCount(); place++) {
                float weight = (float) batch.getEpoch() / ++times[batch.getIndices(place)];
                assertThat(mask.getWeightsCount() == 0 ? 1 : mask.getWeights(place))
                        .isEqualTo(weight);
            }
        }
        assertThat(log.masks()).anyMatch(mask -> mask.getWeightsCount() > 0);
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void goesByItsOwnFirstEpochsForNothing() {
        // When: a quarter of each class, by what the first epoch said.
        ObjectNode policy = policy("diet-selective", .5)
                .put("prePruned", .25)
                .put("balanced", true)
                .put("scoreSet", "own:1");
        String run = order(recipe("own", 320, 3), policy);
        JsonNode done = completed(run);
        JsonNode again = completed(order(recipe("own-again", 320, 3), policy));

        // Then: the first epoch is whole and has no selection pass.
        JsonNode set = get(system.scorer + "/score-sets/" + run + ".own").as(JsonNode.class);
        List<EpochMask> masks = RunLog.read(system.bootstrapServers, run).diets();
        BitSet kept = BitSet.valueOf(masks.get(1).getKept().toByteArray());
        assertThat(masks)
                .extracting(EpochMask::getKeptCount)
                .containsExactly(320, kept.cardinality(), kept.cardinality());
        assertThat(done.at("/epochs/0/backwardExamples").asInt()).isEqualTo(320);
        assertThat(done.at("/epochs/0/selectionExamples").asInt()).isZero();
        assertThat(done.at("/epochs/1/selectionExamples").asInt()).isEqualTo(kept.cardinality());
        assertThat(set.path("seconds").asDouble()).isZero();
        for (int label = 0; label < 10; label++) {
            double most = 0;
            double least = 2;
            int pruned = 0;
            int all = 0;
            for (int i = 0; i < 320; i++) {
                if (set.path("labels").get(i).asInt() == label) {
                    double score = set.path("scores").get(i).asDouble();
                    all++;
                    pruned += kept.get(i) ? 0 : 1;
                    most = kept.get(i) ? most : Math.max(most, score);
                    least = kept.get(i) ? Math.min(least, score) : least;
                }
            }
            assertThat(pruned).as("class %d", label).isEqualTo(all / 4);
            assertThat(most).as("class %d", label).isLessThanOrEqualTo(least);
        }
        assertThat(again.path("weightsChecksum")).isEqualTo(done.path("weightsChecksum"));
    }

    @Test
    void endsInTheSameWeightsForTheSameSeed() {
        // Given
        ObjectNode policy = policy("selective", .5)
                .put("rule", "percentile")
                .put("historySize", 64)
                .put("batching", "accumulate")
                .put("interrupt", 5);

        // When
        JsonNode first = completed(order(recipe("first", 480, 2), policy));
        JsonNode second = completed(order(recipe("second", 480, 2), policy));
        JsonNode other = completed(order(recipe("other", 480, 2).put("seed", 2), policy));

        // Then
        assertThat(first.path("weightsChecksum").asText()).hasSize(64);
        assertThat(second.path("weightsChecksum")).isEqualTo(first.path("weightsChecksum"));
        assertThat(other.path("weightsChecksum")).isNotEqualTo(first.path("weightsChecksum"));
        assertThat(first.path("bitIdentical").asBoolean()).isTrue();
        assertThat(sum(first, "steps"))
                .as("full steps, and what is left of each epoch")
                .isLessThan(2 * 15);
    }

    @Test
    void failsARunWhoseDietGoesByScoresThatAreNotThere() {
        ObjectNode diet = policy("diet-selective", .5).put("prePruned", .25).put("scoreSet", "nowhere");
        String run = order(recipe("without-scores", 320, 1), diet);
        await().atMost(PATIENCE).until(() -> run(run).path("state").asText().equals("FAILED"));
        assertThat(run(run).path("reason").asText()).isEqualTo("score set nowhere is unknown");
    }

    @Test
    void runsWhatAnExperimentLacksAndNothingTwice(@TempDir Path folder) throws IOException, InterruptedException {
        // Given: a baseline, random, SB, and the baselines that cost as much.
        Path experiment = folder.resolve("experiment.yaml");
        Files.writeString(
                experiment,
                "{limit: 160, epochs: 2, seeds: 7, recipe: {batchSize: 32}, scoring: {members: 1, epochs: 1},"
                        + " cells: [{method: random}, {method: selective}]}");
        Path out = folder.resolve("out");
        String[] report = {"report", "--experiment", experiment.toString(), "--out", out.toString()};

        // When: it is killed in between, and told again.
        try (Launched killed = system.command(report)) {
            killed.says("Run 3 of 5: SB 50 %").signal("KILL", false);
            assertThat(killed.exitCode()).isEqualTo(128 + 9);
        }
        Map<String, String> before = reported();
        assertThat(before).hasSize(3);
        assertThat(out.resolve("report.html")).doesNotExist();
        try (Launched again = system.command(report)) {
            assertThat(again.exitCode()).as(again.output()).isZero();
            assertThat(again.output()).contains("missing are 3 runs and 0 scorings", "Run 3 of 5", "Run 5 of 5");
        }

        // Then
        Map<String, String> after = reported();
        assertThat(after).hasSize(5).containsAllEntriesOf(before);
        assertThat(out.resolve("report.html")).content().contains("Panel (d)", "SB 50 %");
        try (Stream<Path> images = Files.list(out.resolve("images"))) {
            assertThat(images.map(Path::toString))
                    .hasSizeGreaterThanOrEqualTo(40)
                    .allMatch(name -> name.endsWith(".png"));
        }
        for (String run : after.keySet()) {
            JsonNode kept =
                    Json.MAPPER.readTree(out.resolve("runs/" + run + ".json").toFile());
            assertThat(kept.path("times")).as("usage of %s", run).hasSize(run.contains("selective") ? 160 : 0);
        }
        try (Launched complete = system.command(report)) {
            assertThat(complete.exitCode()).isZero();
            assertThat(complete.output()).doesNotContain("Run ");
        }
        assertThat(reported()).isEqualTo(after);
    }

    /** Runs of an experiment, and when they were ordered. */
    private static Map<String, String> reported() {
        Map<String, String> runs = new HashMap<>();
        for (JsonNode run : get(system.trainer + "/runs").as(JsonNode.class)) {
            if (run.path("runId").asText().matches("fashion-mini-resnet8-(baseline|random|selective)-[0-9a-f]{12}")) {
                runs.put(run.path("runId").asText(), run.path("queuedAt").asText());
            }
        }
        return runs;
    }

    @Test
    void writesAModelThatPyTorchLoads(@TempDir Path folder) throws IOException, InterruptedException {
        String python = Stream.of("python3", "/usr/bin/python3")
                .filter(SystemTest::hasTorch)
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(python.isEmpty(), "no python3 with torch here (Debian: python3-torch)");

        // Given
        Path model = folder.resolve("model.safetensors");
        String run = order(recipe("loaded", 640, 2), policy("selective", .5));
        JsonNode done = completed(run);
        Files.write(model, get(system.trainer + "/runs/" + run + "/model").asByteArray());
        Files.write(
                Path.of(model + ".json"),
                get(system.trainer + "/runs/" + run + "/model.json").asByteArray());

        // When
        Path root = Path.of(System.getProperty("dietsb.root"));
        Path images = root.resolve("trainer-service/src/main/resources/datasets/fashion-mini");
        String said = output(
                python,
                root.resolve("deploy/pytorch/load_model.py").toString(),
                model.toString(),
                "--images",
                images.resolve("t10k-images-idx3-ubyte.gz").toString(),
                "--labels",
                images.resolve("t10k-labels-idx1-ubyte.gz").toString());

        // Then
        Matcher right = Pattern.compile("(\\d+) of 2000 right").matcher(said);
        assertThat(right.find()).as(said).isTrue();
        assertThat(Integer.parseInt(right.group(1)))
                .as("right in PyTorch; rounding may move an image on the boundary of two classes")
                .isCloseTo((int) Math.round(done.path("accuracy").asDouble() * 2000), within(2));
    }

    private static boolean hasTorch(String python) {
        try {
            return output(python, "-c", "import torch; print('has torch')").contains("has torch");
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    @Test
    void showsEveryStageToPrometheus() {
        completed(order(recipe("measured", 160, 1), policy("selective", .5)));
        String metrics = get(system.trainerManagement + "/q/metrics").asString();
        for (String stage :
                List.of("selection_forward", "mask_wait", "gather", "forward_backward", "optimizer", "evaluate")) {
            assertThat(metrics).containsPattern("dietsb_stage_seconds_count\\{[^}]*stage=\"" + stage + "\"");
        }
        assertThat(get(system.selectorManagement + "/q/metrics").asString()).contains("dietsb_selector_answer_seconds");
        assertThat(get(system.scorerManagement + "/q/metrics").asString()).contains("dietsb_scorings_running");
    }

    @Test
    void letsNobodyWriteAnywhereWithoutTheTokenOfThisHome() throws IOException {
        // Given: the token is nobody else's to read.
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(system.tokenFile())))
                .isEqualTo("rw-------");
        for (String service : List.of(system.trainer, system.selector, system.scorer)) {
            // When: all that a service publishes is asked for by nobody and by someone who guesses.
            Map<String, Map<String, Object>> paths = given().auth()
                    .none()
                    .get(service + "/q/openapi?format=json")
                    .path("paths");
            List<String> writing = new ArrayList<>();
            paths.forEach((path, item) -> item.keySet().stream()
                    .filter(method -> List.of("post", "put", "patch", "delete").contains(method))
                    // A dry run asks what a policy would do, and changes nothing.
                    .filter(method -> !path.endsWith("/dry-run"))
                    .forEach(method -> writing.add(method + " " + path)));
            // Then: none of it is done.
            assertThat(writing).isNotEmpty();
            for (String operation : writing) {
                String method = operation.substring(0, operation.indexOf(' '));
                String address =
                        service + operation.substring(method.length() + 1).replaceAll("\\{[^}]*}", "1");
                for (String header : List.of("", "Bearer 0123456789abcdef")) {
                    given().auth()
                            .none()
                            .header("Authorization", header)
                            .contentType("application/json")
                            .body("{}")
                            .request(method, address)
                            .then()
                            .statusCode(401)
                            .header("WWW-Authenticate", startsWith("Bearer"))
                            .contentType("application/problem+json");
                }
            }
        }
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

    /** Announced in this epoch, ascending. */
    private static int[] indices(RunLog log, int epoch) {
        return log.batchesOf(epoch)
                .flatMap(batch -> batch.getIndicesList().stream())
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }

    static ObjectNode recipe(String id, int examples, int epochs) {
        return Json.object()
                .put("id", id)
                .put("limit", examples)
                .put("epochs", epochs)
                .put("batchSize", 32)
                .put("evaluateEvery", epochs);
    }

    private static ObjectNode policy(String kind, double keep) {
        return Json.object().put("kind", kind).put("keep", keep);
    }

    private static Response post(String address, JsonNode body) {
        return given().contentType("application/json").body(body.toString()).post(address);
    }

    private static String order(ObjectNode recipe, ObjectNode policy) {
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

    private static void swap(String run, long revision, ObjectNode policy) {
        given().contentType("application/json")
                .header("If-Match", "\"" + revision + "\"")
                .body(policy.toString())
                .put(system.selector + "/runs/" + run + "/policy?who=test")
                .then()
                .statusCode(200);
    }

    private static JsonNode run(String run) {
        return run(system, run);
    }

    private static JsonNode run(RunningSystem at, String run) {
        return get(at.trainer + "/runs/" + run).as(JsonNode.class);
    }

    private static void awaitBatch(String run, int epoch, int batch) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            JsonNode at = run(run).path("progress");
            return at.path("epoch").asInt() > epoch
                    || (at.path("epoch").asInt() == epoch && at.path("batch").asInt() >= batch);
        });
    }

    private static JsonNode completed(String run) {
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

    private static long sum(JsonNode run, String figure) {
        long sum = 0;
        for (JsonNode of : run.has("epochs") ? run.path("epochs") : run) {
            sum += of.path(figure).asLong();
        }
        return sum;
    }
}
