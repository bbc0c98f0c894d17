package org.dietsb.scorer.scoring;

import static io.restassured.RestAssured.delete;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.kit.door.Callers;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.el2n.ReferenceNorm;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.scoreset.TestSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole scorings over REST and the real broker; the test plays the trainer. */
@QuarkusTest
@QuarkusTestResource(BrokerResource.class)
class ScoringFlowTest {
    private static final int EXAMPLES = 12_345;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @Inject
    ScoringBook book;

    @Inject
    Producer<String, byte[]> producer;

    @BeforeEach
    void call() {
        Callers.mayWrite();
    }

    @Inject
    ScorerConfig config;

    @Inject
    TopicEnds ends;

    @Inject
    ScoreRetention retention;

    @Test
    void isReadyAndDescribesItself() {
        await().untilAsserted(() -> Callers.managed("/q/health/ready").then().statusCode(200));
        when().get("/q/openapi").then().statusCode(200).body(containsString("scoringEpochs"));
    }

    @Test
    void scoresAreComputedFromTheReportsOfEveryMember() throws Exception {
        // Given: a scoring of three members.
        JsonPath asked = post("{\"id\": \"worked\", \"members\": 3, \"scoringEpochs\": 2, \"seed\": 5}", 202);
        assertThat(asked.getString("state")).isEqualTo("RUNNING");
        assertThat(asked.getString("scoreSet")).isEqualTo("worked");
        List<TrainingOrder> orders = orders("worked", 3);
        assertThat(orders)
                .extracting(TrainingOrder::getRunId)
                .containsExactly("worked-member-0", "worked-member-1", "worked-member-2");
        assertThat(orders)
                .extracting(TrainingOrder::getSeed)
                .doesNotHaveDuplicates()
                .doesNotContain(5L);
        assertThat(orders).allSatisfy(order -> {
            assertThat(order.getFirstPolicy().getKind()).isEqualTo(Policy.Kind.BASELINE);
            assertThat(order.getEvaluateEvery()).isZero();
            assertThat(order.getMember().getStopAfterEpochs()).isEqualTo(2);
            assertThat(order.getRecipe().getEpochs()).isEqualTo(10);
        });
        when().get("/score-sets/worked").then().statusCode(404).body("detail", containsString("worked"));

        // When: a member says how far it is, and they report, one of them twice and after an attempt that died.
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder()
                .setOrder(orders.get(1))
                .setState(Run.State.RUNNING)
                .getPositionBuilder()
                .setBatch(7)
                .setBatches(79);
        send("run-events", "worked-member-1/1", event.build().toByteArray());
        await().untilAsserted(() -> when().get("/scorings/worked")
                .then()
                .body("memberRuns[1].state", equalTo("RUNNING"))
                .body("memberRuns[1].batch", equalTo(7)));
        double[][][] logits =
                IntStream.range(0, 3).mapToObj(ScoringFlowTest::logits).toArray(double[][][]::new);
        DatasetIdentity dataset = Reports.dataset(EXAMPLES, "f00d");
        report("worked", 0, 4, dataset, norms(logits[0]));
        report("worked", 1, 3, dataset, new float[EXAMPLES]);
        report("worked", 1, 8, dataset, norms(logits[1]));
        report("worked", 1, 8, dataset, norms(logits[1]));
        await().untilAsserted(() -> when().get("/scorings/worked")
                .then()
                .body("membersDone", equalTo(2))
                .body("state", equalTo("RUNNING")));
        // The gauges follow at the loop's next step.
        await().untilAsserted(() -> Callers.managed("/q/metrics")
                .then()
                .body(containsString("dietsb_scoring_members_done{scoring=\"worked\"} 2.0"))
                .body(containsString("dietsb_scoring_members{scoring=\"worked\"} 3.0"))
                .body(containsString("dietsb_scoring_running{scoring=\"worked\"} 1.0")));

        // Then: a scorer that starts now, and knows the topics only, sees the same and goes on.
        Restarted restarted = new Restarted();
        await().untilAsserted(() -> assertThat(restarted.book.find("worked"))
                .hasValueSatisfying(scoring -> assertThat(scoring.membersDone()).isEqualTo(2)));
        report("worked", 2, 5, dataset, norms(logits[2]));
        await().untilAsserted(() -> when().get("/scorings/worked")
                .then()
                .body("state", equalTo("COMPLETED"))
                .body("membersDone", equalTo(3))
                .body("seconds", equalTo(4.5f))
                .body("examples", equalTo(3 * 2 * EXAMPLES)));
        await().untilAsserted(() ->
                assertThat(restarted.book.find("worked").orElseThrow().state()).isEqualTo(Scoring.State.COMPLETED));

        // And: scores are the means of the norms, by plain softmax.
        JsonPath set = when().get("/score-sets/worked")
                .then()
                .statusCode(200)
                .contentType(ContentType.JSON)
                .extract()
                .jsonPath();
        List<Float> scores = set.getList("scores", Float.class);
        assertThat(scores).hasSize(EXAMPLES);
        assertThat(set.getInt("count")).isEqualTo(EXAMPLES);
        assertThat(set.getString("dataset")).isEqualTo("fashion-mini");
        assertThat(scores.get(0)).isCloseTo((float) .7724390863, within(1e-6f));
        double[] expected = new double[EXAMPLES];
        for (int i = 0; i < EXAMPLES; i++) {
            for (double[][] member : logits) {
                expected[i] += plainNorm(member[i], i % 3) / 3;
            }
            assertThat((double) scores.get(i)).isCloseTo(expected[i], within(1e-6));
        }

        // And: as CSV, by query or header; sorted; chunked; and read whole by whoever comes later.
        String csv = given().accept("text/csv")
                .get("/score-sets/worked")
                .then()
                .contentType("text/csv")
                .extract()
                .asString();
        assertThat(csv.lines())
                .hasSize(EXAMPLES + 1)
                .startsWith("index,label,el2n", "0,0," + scores.get(0))
                .contains("4,1," + scores.get(4));
        assertThat(when().get("/score-sets/worked?format=csv").asString()).isEqualTo(csv);
        when().get("/score-sets/worked?format=xml")
                .then()
                .statusCode(400)
                .body("detail", equalTo("format is xml, allowed is json | csv"));
        int[] order = El2n.lowestFirst(floats(scores));
        JsonPath lowest = when().get("/score-sets/worked/lowest?count=5")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(lowest.getList("index", Integer.class))
                .containsExactlyElementsOf(Arrays.stream(order).limit(5).boxed().toList());
        assertThat(when().get("/score-sets/worked/lowest").jsonPath().getList("index"))
                .hasSize(20);
        assertThat(when().get("/score-sets/worked/highest?count=1").jsonPath().getFloat("score[0]"))
                .isEqualTo(scores.stream().max(Float::compare).orElseThrow());
        when().get("/score-sets/worked/lowest?count=0")
                .then()
                .statusCode(400)
                .body("detail", equalTo("count is 0, allowed is [1, 12345]"));
        when().get("/score-sets/worked/lowest?count=x")
                .then()
                .statusCode(400)
                .body("detail", equalTo("count is x, allowed is [1, 12345]"));
        when().get("/score-sets")
                .then()
                .body("id", hasItem("worked"))
                .body("find {it.id == 'worked'}.memberSeeds.size()", equalTo(3));

        // And: a scorer that starts after the end publishes nothing more.
        restarted.stop();
        long end = end("el2n-scores");
        List<ConsumerRecord<String, byte[]>> written = read("el2n-scores");
        assertThat(written)
                .filteredOn(record -> record.key().equals("worked/chunk-10000"))
                .isNotEmpty();
        assertThat(ScoreMessage.parseFrom(written.get(written.size() - 1).value())
                        .hasManifest())
                .isTrue();
        Restarted later = new Restarted();
        await().untilAsserted(() -> assertThat(later.topics.areRead()).isTrue());
        assertThat(end("el2n-scores")).isEqualTo(end);
        assertThat(later.sets.find("worked").orElseThrow().scores()).isEqualTo(floats(scores));
        later.stop();
    }

    @Test
    void anEqualRequestFindsTheScoringOfTheFirst() throws Exception {
        String body = "{\"model\": \"resnet20\", \"members\": 2, \"seed\": 77}";
        String id = post(body, 202).getString("id");
        assertThat(id).matches("fashion-mini-resnet20-k2-e2-[0-9a-f]{8}");
        assertThat(post(body, 200).getString("id")).isEqualTo(id);
        assertThat(orders(id, 2)).hasSize(2);
        post("{\"id\": \"taken\", \"members\": 1}", 202);
        given().contentType(ContentType.JSON)
                .body("{\"id\": \"taken\", \"members\": 2}")
                .post("/scorings")
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("detail", containsString("id is taken"));
        when().get("/scorings").then().body("id", hasItem(id)).body("id", hasItem("taken"));
        when().get("/scorings/nobodys")
                .then()
                .statusCode(404)
                .body("detail", equalTo("id is nobodys, which no scoring has"));
    }

    @Test
    void aFailedScoringHasAReasonAndBeginsAgain() throws Exception {
        String body = "{\"id\": \"again\", \"members\": 1}";
        post(body, 202);
        orders("again", 1);
        PredictionMessage failed = PredictionMessage.newBuilder()
                .setFailed(PredictionFailed.newBuilder()
                        .setScoringId("again")
                        .setRunId("again-member-0")
                        .setReason("dataset cifar10 is not there"))
                .build();
        send("prediction-errors", "again", failed.toByteArray());
        await().untilAsserted(() -> when().get("/scorings/again")
                .then()
                .body("state", equalTo("FAILED"))
                .body("reason", equalTo("member 0 failed: dataset cifar10 is not there")));

        assertThat(post(body, 202).getString("memberRuns[0].runId")).isEqualTo("again-member-0-try2");
        assertThat(orders("again", 2).get(1).getRunId()).isEqualTo("again-member-0-try2");
        for (PredictionErrors chunk : Reports.chunks(
                "again",
                0,
                "again-member-0-try2",
                9,
                Reports.dataset(4, "f00d"),
                new float[] {.4f, .3f, .2f, .1f},
                4)) {
            send(chunk);
        }
        await().untilAsserted(() -> when().get("/scorings/again")
                .then()
                .body("state", equalTo("COMPLETED"))
                .body("reason", equalTo(null)));
    }

    /** As after training that diverged. */
    @Test
    void aReportOfNormsThatAreNotNumbersFailsTheScoring() throws Exception {
        post("{\"id\": \"diverged\", \"members\": 2}", 202);
        List<TrainingOrder> orders = orders("diverged", 2);
        PredictionErrors good = Reports.chunks(
                        "diverged", 0, "diverged-member-0", 1, Reports.dataset(2, "f00d"), new float[] {.1f, .2f}, 2)
                .get(0);
        send(good.toBuilder().setErrorNorms(1, Float.NaN).build());
        send(
                "run-events",
                "diverged-member-0/1",
                RunEvent.newBuilder()
                        .setRun(Run.newBuilder()
                                .setOrder(orders.get(0))
                                .setAttempt(1)
                                .setStartedMillis(1)
                                .setState(Run.State.COMPLETED))
                        .build()
                        .toByteArray());
        await().untilAsserted(() -> when().get("/scorings/diverged")
                .then()
                .body("state", equalTo("FAILED"))
                .body(
                        "reason",
                        equalTo("the report of member 0 cannot be used: error norm is NaN, allowed is [0, sqrt 2]"))
                .body("memberRuns.state", contains("COMPLETED", "CANCELLED")));
    }

    @Test
    void aCancelledScoringEndsItsMembersAndBeginsAgain() throws Exception {
        // Given: one member trains, the others wait, and everybody knows of them.
        String body = "{\"id\": \"unwanted\", \"members\": 3}";
        post(body, 202);
        List<TrainingOrder> orders = orders("unwanted", 3);
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder()
                .setOrder(orders.get(0))
                .setAttempt(4)
                .setStartedMillis(1)
                .setState(Run.State.RUNNING);
        send("run-events", "unwanted-member-0/4", event.build().toByteArray());
        await().untilAsserted(() -> when().get("/scorings/unwanted")
                .then()
                .body("memberRuns.state", contains("RUNNING", "QUEUED", "QUEUED")));
        assertThat(events("unwanted-member-1/queued"))
                .extracting(news -> news.getRun().getState())
                .containsExactly(Run.State.QUEUED);
        // When
        delete("/scorings/unwanted")
                .then()
                .statusCode(202)
                .body("state", equalTo("CANCELLED"))
                .body("memberRuns.state", contains("RUNNING", "CANCELLED", "CANCELLED"));
        // Then: the trainer is asked to end the member that it trains.
        for (int member = 0; member < 3; member++) {
            assertThat(events("unwanted-member-" + member + "/cancel"))
                    .extracting(news -> news.getCancelRequested().getRunId())
                    .containsExactly("unwanted-member-" + member);
        }
        assertThat(events("unwanted-member-2/queued"))
                .extracting(news -> news.getRun().getState())
                .containsExactly(Run.State.QUEUED, Run.State.CANCELLED);
        // And: once is enough, and reports that come too late change nothing.
        long end = end("run-events");
        delete("/scorings/unwanted").then().statusCode(202).body("state", equalTo("CANCELLED"));
        report("unwanted", 0, 4, Reports.dataset(2, "f00d"), new float[] {.1f, .2f});
        Restarted restarted = new Restarted();
        await().untilAsserted(() -> assertThat(restarted.topics.areRead()).isTrue());
        assertThat(restarted.book.find("unwanted"))
                .hasValueSatisfying(scoring -> assertThat(scoring.state()).isEqualTo(Scoring.State.CANCELLED));
        restarted.stop();
        assertThat(end("run-events")).isEqualTo(end);
        assertThat(post(body, 202).getString("memberRuns[0].runId")).isEqualTo("unwanted-member-0-try2");
        delete("/scorings/nobodys")
                .then()
                .statusCode(404)
                .body("detail", equalTo("id is nobodys, which no scoring has"));
    }

    private List<RunEvent> events(String key) throws Exception {
        List<RunEvent> events = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : read("run-events")) {
            if (record.key().equals(key)) {
                events.add(RunEvent.parseFrom(record.value()));
            }
        }
        return events;
    }

    @Test
    void overlapComparesThePrunedExamples() throws Exception {
        complete("left", "f00d", .1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f);
        complete("right", "f00d", .1f, .8f, .3f, .4f, .2f, .6f, .7f, .5f);
        complete("elsewhere", "beef", .1f, .2f);
        when().get("/score-sets/left/overlap/right?rate=0.25")
                .then()
                .statusCode(200)
                .body("pruned", equalTo(2))
                .body("common", equalTo(1))
                .body("overlap", equalTo(.5f));
        when().get("/score-sets/left/overlap/left")
                .then()
                .body("rate", equalTo(.25f))
                .body("overlap", equalTo(1f));
        when().get("/score-sets/left/overlap/right?rate=1")
                .then()
                .statusCode(400)
                .body("detail", equalTo("rate is 1, allowed is (0, 1)"));
        when().get("/score-sets/left/overlap/right?rate=NaN").then().statusCode(400);
        when().get("/score-sets/left/overlap/elsewhere").then().statusCode(409);
        when().get("/score-sets/left/overlap/nobodys").then().statusCode(404);
        await().untilAsserted(() -> Callers.managed("/q/metrics")
                .then()
                .body(containsString("dietsb_el2n_scores{le=\"+Inf\",scoring=\"left\"} 8.0"))
                .body(containsString("dietsb_el2n_mean{scoring=\"right\"}")));
    }

    @Test
    void malformedMessagesAreDeadLettersAndTheScoringContinues() throws Exception {
        post("{\"id\": \"poisoned\", \"members\": 1}", 202);
        orders("poisoned", 1);
        PredictionErrors good = Reports.chunks(
                        "poisoned", 0, "poisoned-member-0", 1, Reports.dataset(2, "f00d"), new float[] {.1f, .2f}, 2)
                .get(0);
        send("prediction-errors", "poisoned", "no message".getBytes(StandardCharsets.UTF_8));
        send(good.toBuilder().setErrorNorms(1, Float.NaN).build());
        send(good.toBuilder().setErrorNorms(1, 1.5f).build());
        send(good.toBuilder().clearLabels().addLabels(1).build());
        send("prediction-errors", "poisoned", null);
        send(good);
        await().untilAsserted(() -> when().get("/scorings/poisoned").then().body("state", equalTo("COMPLETED")));
        await().untilAsserted(() -> assertThat(reasons("poisoned")).hasSize(5));
        List<String> reasons = reasons("poisoned");
        assertThat(reasons.get(0)).startsWith("Protocol message ");
        assertThat(reasons.subList(1, 5))
                .containsExactly(
                        "run poisoned-member-0, from index 0: error norm is NaN, allowed is [0, sqrt 2]",
                        "run poisoned-member-0, from index 0: error norm is 1.5, allowed is [0, sqrt 2]",
                        "run poisoned-member-0, from index 0: 2 error norms and 1 labels",
                        "neither errors nor a failure");
        Callers.managed("/q/metrics")
                .then()
                .body(containsString("dietsb_dead_letters_total{topic=\"prediction-errors\"} 5.0"));

        // A scorer that reads them again after a restart gives them the same places.
        Restarted restarted = new Restarted();
        await().untilAsserted(() -> assertThat(restarted.topics.areRead()).isTrue());
        restarted.stop();
        assertThat(reasons("poisoned")).as("once more").hasSize(10);
        assertThat(letters("poisoned").stream().map(ConsumerRecord::key).distinct())
                .hasSize(5);
    }

    @Test
    void badRequestsAreProblemsThatNameTheField() {
        given().contentType(ContentType.JSON)
                .body("{\"members\": 101}")
                .post("/scorings")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body("title", notNullValue())
                .body("detail", equalTo("members is 101, allowed is [1, 100]"));
        given().contentType(ContentType.JSON)
                .body("{\"epoch\": 3}")
                .post("/scorings")
                .then()
                .statusCode(400)
                .body("detail", containsString("epoch is not a key of a scoring"))
                .body("detail", not(containsString("Exception")));
    }

    @Test
    void scoreSetThatNoRunUsesIsDeletedWithItsScoring() throws Exception {
        // Given
        complete("spare", "f00d", .25f, .5f);
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder().setState(Run.State.RUNNING).getOrderBuilder().setRunId("user");
        event.getRunBuilder().getOrderBuilder().getFirstPolicyBuilder().setScoreSet("spare");
        send("run-events", "user/3", event.build().toByteArray());
        await().untilAsserted(() -> assertThat(book.usersOf("spare")).containsExactly("user"));
        // Then
        when().delete("/score-sets/spare")
                .then()
                .statusCode(409)
                .body("detail", equalTo("score set spare is used by user: cancel or await the run first"));
        // When
        event.getRunBuilder().setState(Run.State.FAILED);
        send("run-events", "user/3", event.build().toByteArray());
        await().untilAsserted(() -> assertThat(book.usersOf("spare")).isEmpty());
        when().delete("/score-sets/spare").then().statusCode(204);
        // Then
        when().get("/score-sets/spare").then().statusCode(404);
        when().get("/scorings/spare").then().statusCode(404);
        when().get("/scorings?state=COMPLETED&limit=1000").then().body("id", not(hasItem("spare")));
        when().delete("/score-sets/spare").then().statusCode(404);
        Restarted restarted = new Restarted();
        post("{\"id\": \"spare\", \"members\": 1}", 202);
        Reports.chunks(
                        "spare",
                        0,
                        "spare-member-0-try2",
                        1,
                        Reports.dataset(2, "f00d"),
                        new float[] {.5f, .75f},
                        10_000)
                .forEach(this::send);
        await().untilAsserted(() -> assertThat(restarted.sets.find("spare"))
                .hasValueSatisfying(set -> assertThat(set.scores()).containsExactly(.5f, .75f)));
        restarted.stop();
    }

    @Test
    void scoringsAndScoreSetsThatAreOldAndNotInUseAreDeleted() throws Exception {
        // Given: sets used by a queued order, by a scheduled swap and by the policy of new runs, an own set, a failed
        // scoring, and one of no use.
        for (String id : List.of("old-ordered", "old-swapped", "old-usual", "old-spare")) {
            complete(id, "f00d", .25f, .5f);
        }
        post("{\"id\": \"old-failed\", \"members\": 1}", 202);
        delete("/scorings/old-failed").then().statusCode(202);
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder().setState(Run.State.QUEUED).getOrderBuilder().setRunId("old-user");
        event.getRunBuilder().getOrderBuilder().getFirstPolicyBuilder().setScoreSet("old-ordered");
        send("run-events", "old-user/queued", event.build().toByteArray());
        PolicyChange.Builder change = PolicyChange.newBuilder().setRunId("old-user");
        change.getPolicyBuilder().setScoreSet("old-swapped");
        change.getFromBuilder().setEpoch(90);
        send("selector-policies", "old-user", change.build().toByteArray());
        change.setRunId("*").getPolicyBuilder().setScoreSet("old-usual");
        send("selector-policies", "*", change.build().toByteArray());
        await().untilAsserted(() -> {
            assertThat(book.usersOf("old-ordered")).containsExactly("old-user");
            assertThat(book.usersOf("old-swapped")).containsExactly("old-user");
            assertThat(book.usersOf("old-usual")).containsExactly("*");
        });
        post("{\"id\": \"old-running\", \"members\": 1}", 202);
        when().delete("/score-sets/old-swapped")
                .then()
                .statusCode(409)
                .body("detail", containsString("is used by old-user"));

        // When: everything that is over is old.
        Instant later = Instant.now().plus(config.finishedFor()).plusSeconds(1);
        assertThat(retention.deleteOld(later)).isGreaterThanOrEqualTo(2);

        // Then
        for (String id : List.of("old-spare", "old-failed")) {
            when().get("/scorings/" + id).then().statusCode(404);
        }
        when().get("/score-sets/old-spare").then().statusCode(404);
        for (String id : List.of("old-ordered", "old-swapped", "old-usual")) {
            when().get("/score-sets/" + id).then().statusCode(200);
        }
        when().get("/scorings/old-running").then().body("state", equalTo("RUNNING"));
        Restarted restarted = new Restarted();
        await().untilAsserted(() -> assertThat(restarted.topics.areRead()).isTrue());
        assertThat(restarted.book.find("old-spare")).isEmpty();
        assertThat(restarted.book.find("old-failed")).isEmpty();
        assertThat(restarted.sets.find("old-swapped")).isPresent();
        restarted.stop();

        // And when: the run is over and new runs have another policy.
        event.getRunBuilder().setState(Run.State.CANCELLED);
        send("run-events", "old-user/queued", event.build().toByteArray());
        change.getPolicyBuilder().clearScoreSet();
        send("selector-policies", "*", change.build().toByteArray());
        await().untilAsserted(() -> assertThat(book.usersOf("old-ordered")).isEmpty());
        await().untilAsserted(() -> assertThat(book.usersOf("old-usual")).isEmpty());
        assertThat(retention.deleteOld(later)).isGreaterThanOrEqualTo(3);
        // Then
        when().get("/score-sets").then().body("id", not(hasItem("old-swapped")));
        delete("/scorings/old-running").then().statusCode(202);
    }

    @Test
    void scoringIsCancelledWithTheLastOfTheRunsThatAwaitIt() throws Exception {
        // Given: a scoring, ordered with two runs that await its scores, and one that was ordered alone.
        post("{\"id\": \"awaited\", \"members\": 1}", 202);
        post("{\"id\": \"alone\", \"members\": 1}", 202);
        orders("awaited", 1);
        long queued = System.currentTimeMillis();
        awaits("awaited", queued, "first", Run.State.QUEUED);
        awaits("awaited", queued, "second", Run.State.QUEUED);
        await().untilAsserted(() -> assertThat(book.usersOf("awaited")).containsExactly("first", "second"));

        // When
        awaits("awaited", queued, "first", Run.State.CANCELLED);
        // Then: the other still awaits it, for longer than the scorer waits for other orders.
        await().untilAsserted(() -> assertThat(book.usersOf("awaited")).containsExactly("second"));
        await().pollDelay(Duration.ofSeconds(3))
                .untilAsserted(() -> when().get("/scorings/awaited").then().body("state", equalTo("RUNNING")));

        // When
        awaits("awaited", queued, "second", Run.State.CANCELLED);
        // Then
        await().untilAsserted(() -> when().get("/scorings/awaited")
                .then()
                .body("state", equalTo("CANCELLED"))
                .body("reason", containsString("is cancelled, and no other run awaits it"))
                .body("memberRuns[0].state", equalTo("CANCELLED")));
        when().get("/scorings/alone").then().body("state", equalTo("RUNNING"));
        delete("/scorings/alone").then().statusCode(202);
    }

    private void awaits(String set, long queued, String runId, Run.State state) {
        RunEvent.Builder event = RunEvent.newBuilder();
        event.getRunBuilder().setState(state).setAwaitsScores(true).setQueuedMillis(queued);
        if (state == Run.State.CANCELLED) {
            event.getRunBuilder().setEndedMillis(System.currentTimeMillis());
        }
        event.getRunBuilder()
                .getOrderBuilder()
                .setRunId(runId)
                .getFirstPolicyBuilder()
                .setScoreSet(set);
        send("run-events", runId + "/queued", event.build().toByteArray());
    }

    /** What a restarted service would build: everything anew, from the topics. */
    private final class Restarted {
        final ScoreSets sets = TestSets.inMemory();
        final ScoringBook book = new ScoringBook(sets);
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final DeadLetters letters = TestDeadLetters.of(
                "scorer",
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers),
                        new StringSerializer(),
                        new ByteArraySerializer()),
                registry);
        final ScoringTopics topics = new ScoringTopics(config, producer, ends, book, letters);
        final ScoringLoop loop = new ScoringLoop(config, book, topics, registry);
        final Thread reader = new Thread(this::readTopics, "restarted");
        private volatile boolean stopped;

        Restarted() {
            reader.start();
            loop.start(new StartupEvent());
        }

        /** In place of the channels, which belong to the service under test. */
        private void readTopics() {
            Map<String, Consumer<ConsumerRecord<String, byte[]>>> channels = Map.of(
                    ScoringTopics.SCORES, topics::readScores,
                    ScoringTopics.ORDERS, topics::readOrders,
                    ScoringTopics.RUNS, topics::readRuns,
                    ScoringTopics.POLICIES, topics::readPolicies,
                    ScoringTopics.ERRORS, topics::readErrors);
            try (KafkaConsumer<String, byte[]> consumer = consumer()) {
                List<TopicPartition> places = channels.keySet().stream()
                        .map(topic -> new TopicPartition(topic, 0))
                        .toList();
                consumer.assign(places);
                consumer.seekToBeginning(places);
                while (!stopped) {
                    consumer.poll(Duration.ofMillis(100))
                            .forEach(message -> Objects.requireNonNull(channels.get(message.topic()))
                                    .accept(message));
                }
            }
        }

        void stop() throws InterruptedException {
            loop.close();
            stopped = true;
            reader.join();
            letters.close();
        }
    }

    private static JsonPath post(String body, int status) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/scorings")
                .then()
                .statusCode(status)
                .header("Location", containsString("/scorings/"))
                .extract()
                .jsonPath();
    }

    private void complete(String id, String checksum, float... norms) throws Exception {
        post("{\"id\": \"" + id + "\", \"members\": 1}", 202);
        // A member reports after it was ordered; its run id is not given again.
        orders(id, 1);
        report(id, 0, 1, Reports.dataset(norms.length, checksum), norms);
        await().untilAsserted(() -> when().get("/scorings/" + id).then().body("state", equalTo("COMPLETED")));
    }

    private void report(String id, int member, long attempt, DatasetIdentity dataset, float[] norms) {
        Reports.chunks(id, member, id + "-member-" + member, attempt, dataset, norms, 10_000)
                .forEach(this::send);
    }

    private void send(PredictionErrors chunk) {
        PredictionMessage message =
                PredictionMessage.newBuilder().setErrors(chunk).build();
        send("prediction-errors", chunk.getScoringId(), message.toByteArray());
    }

    private void send(String topic, String key, byte @Nullable [] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (ExecutionException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private List<TrainingOrder> orders(String scoring, int count) throws Exception {
        List<TrainingOrder> orders = new ArrayList<>();
        await().until(() -> {
            orders.clear();
            for (ConsumerRecord<String, byte[]> record : read("training-orders")) {
                TrainingOrder order = TrainingOrder.parseFrom(record.value());
                assertThat(record.key()).isEqualTo(order.getRunId());
                if (order.getMember().getScoringId().equals(scoring)) {
                    orders.add(order);
                }
            }
            return orders.size() >= count;
        });
        return orders;
    }

    private List<String> reasons(String key) {
        return letters(key).stream().map(letter -> header(letter, "reason")).toList();
    }

    private List<ConsumerRecord<String, byte[]>> letters(String key) {
        return read("dead-letters").stream()
                .filter(letter -> key.equals(header(letter, "key")))
                .toList();
    }

    private static String header(ConsumerRecord<String, byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private long end(String topic) {
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            TopicPartition place = new TopicPartition(topic, 0);
            return consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
        }
    }

    private List<ConsumerRecord<String, byte[]>> read(String topic) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = consumer()) {
            TopicPartition place = new TopicPartition(topic, 0);
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            while (consumer.position(place) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    /** Its fetches are short: closing it waits for the last one. */
    private KafkaConsumer<String, byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 10),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** [EXAMPLES][3]; the first example is the worked one. */
    private static double[][] logits(int member) {
        double[][] worked = {{.7, .2, .1}, {.1, .8, .1}, {.4, .3, .3}};
        Random random = new Random(member);
        double[][] logits = new double[EXAMPLES][];
        Arrays.setAll(logits, i -> random.doubles(3, -4, 4).toArray());
        logits[0] = Arrays.stream(worked[member]).map(Math::log).toArray();
        return logits;
    }

    private static float[] norms(double[][] logits) {
        float[] norms = new float[logits.length];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = (float) ReferenceNorm.errorNorm(logits[i], i % 3);
        }
        return norms;
    }

    private static double plainNorm(double[] logits, int label) {
        double sum = Arrays.stream(logits).map(Math::exp).sum();
        double squares = 0;
        for (int c = 0; c < logits.length; c++) {
            squares += Math.pow(Math.exp(logits[c]) / sum - (c == label ? 1 : 0), 2);
        }
        return Math.sqrt(squares);
    }

    private static float[] floats(List<Float> list) {
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = list.get(i);
        }
        return floats;
    }
}
