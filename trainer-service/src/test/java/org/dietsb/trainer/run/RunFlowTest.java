package org.dietsb.trainer.run;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.dietsb.trainer.run.PlayedSelector.HIGHER_HALF;
import static org.dietsb.trainer.run.PlayedSelector.keepAll;
import static org.dietsb.trainer.run.PlayedSelector.keepEven;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;

import io.quarkiverse.resteasy.problem.HttpProblem;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.core.ConditionFactory;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.door.Callers;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.TopicList;
import org.dietsb.selector.wire.Fenced;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.selector.wire.Refused;
import org.dietsb.selector.wire.Unknown;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.gauge.RunGauges;
import org.dietsb.trainer.metric.CheckpointMeters;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.news.LostRuns;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunDetails;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.news.RunRegistryTest;
import org.dietsb.trainer.news.RunWire;
import org.dietsb.trainer.news.Takes;
import org.dietsb.trainer.order.OrderQueue;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.policy.PolicyFeed;
import org.dietsb.trainer.rest.RunQueue;
import org.dietsb.trainer.rest.RunResource;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.DatasetChoice;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Recipe;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.ScoringMember;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole runs over REST and a real broker; the test plays the selector and the scorer. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(BrokerResource.class)
class RunFlowTest {
    private static final AtomicInteger RUNS = new AtomicInteger();

    /** 200 images in batches of 32: seven an epoch; masks may take long on a busy machine. */
    private static final String EVALUATED = "\"limit\": 200, \"batchSize\": 32, \"epochs\": 2, "
            + "\"maskTimeoutSeconds\": 600, "
            + "\"policy\": {\"kind\": \"selective\", \"keep\": 0.5}";
    /** Not evaluated: the 2,000 test images take longer than both epochs. */
    private static final String SMALL = EVALUATED + ", \"evaluateEvery\": 0";

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @Inject
    ClientSettings kafka;

    @Inject
    Producer<String, byte[]> producer;

    @Inject
    TrainerConfig config;

    @Inject
    OrderQueue orders;

    @Inject
    RunRegistry registry;

    @Inject
    RunEvents events;

    @Inject
    Takes takes;

    @Inject
    RunDetails details;

    @Inject
    PolicyFeed policies;

    @Inject
    ModelFiles models;

    @Inject
    PredictionReports reports;

    @Inject
    TopicList topics;

    @Inject
    DeadLetters deadLetters;

    @Inject
    RunGauges gauges;

    @Inject
    NetworkLoader networks;

    @Inject
    CheckpointMeters checkpointMeters;

    @Inject
    TrainingMeters trainingMeters;

    private final String run = "flow-" + RUNS.incrementAndGet();

    /** Generous, since the test shares the machine with the run. */
    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofMinutes(5));
    }

    private PlayedSelector selector(PlayedSelector.Script script) {
        return new PlayedSelector(bootstrapServers, run, script);
    }

    @BeforeEach
    void awaitReady() {
        Callers.mayWrite();
        patiently().until(() -> Callers.managed("/q/health/ready").statusCode() == 200);
    }

    @Test
    void serviceIsReadyAndDescribed() {
        Callers.managed("/q/health/ready")
                .then()
                .body("checks.name", hasItems("orders", "topics"))
                .body("checks.data.device", hasItem("cpu"))
                .body("checks.data.waitsFor", hasItem("nothing"));
        Callers.managed("/q/health/live").then().statusCode(200).body("checks.name", hasItem("orders"));
        when().get("/q/openapi").then().statusCode(200).body(containsString("maskTimeoutSeconds"));
    }

    @Test
    void runGoesFromOrderToModel() throws Exception {
        try (PlayedSelector selector =
                selector(message -> message.hasEpochOpened() ? keepEven(message, 200) : HIGHER_HALF.answer(message))) {
            // When
            order(run, EVALUATED + ", \"seed\": 3")
                    .then()
                    .statusCode(201)
                    .header("Location", containsString("/runs/" + run))
                    .body("state", equalTo("QUEUED"))
                    .body("policy.keep", equalTo(.5f));
            String stream = when().get("/runs/" + run + "/events")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            JsonPath done = one(run);

            // Then: its view adds up.
            assertThat(done.getString("state")).isEqualTo("COMPLETED");
            assertThat(done.getInt("examples")).isEqualTo(200);
            assertThat(done.getDouble("prePruned")).isEqualTo(.5);
            assertThat(done.getDouble("totalPruned")).isCloseTo(.75, within(1e-9));
            assertThat(done.getBoolean("bitIdentical")).isTrue();
            assertThat(done.getString("weightsChecksum")).matches("[0-9a-f]{64}");
            assertThat(done.getString("trainedWith")).matches("trainer \\S+, libtorch \\S+ on cpu, Java \\d+");
            assertThat(done.getString("fingerprint")).matches("[0-9a-f]{64}");
            assertThat(done.getDouble("accuracy")).isBetween(0.0, 1.0);
            assertThat(done.getList("epochs.seen", Integer.class)).containsExactly(100, 100);
            assertThat(done.getList("epochs.selected", Integer.class)).containsExactly(50, 50);
            assertThat(done.getList("epochs.steps", Integer.class)).containsExactly(4, 4);
            assertThat(done.getList("epochs.selectionExamples", Integer.class)).containsExactly(100, 100);
            assertThat(done.getList("epochs.maskTimeouts", Integer.class)).containsExactly(0, 0);
            assertThat(done.getList("epochs.policyRevisions")).containsExactly(List.of(0), List.of(0));
            assertThat(done.getInt("progress.epoch")).isEqualTo(2);
            assertThat(done.getInt("progress.batch")).isEqualTo(4);
            assertThat(done.getInt("progress.batches")).isEqualTo(4);
            assertThat(done.getList("keptPerClass")).hasSize(10);
            assertThat(done.getList("keptPerClass.count", Integer.class).stream()
                            .mapToInt(i -> i)
                            .sum())
                    .isEqualTo(200);
            assertThat(done.getList("keptPerClass.kept", Integer.class).stream()
                            .mapToInt(i -> i)
                            .sum())
                    .isEqualTo(100);

            // And: its events are views of their own, the last that of the end.
            List<String> views = stream.lines()
                    .filter(line -> line.startsWith("data:"))
                    .map(line -> line.substring("data:".length()))
                    .toList();
            assertThat(views).hasSizeGreaterThan(3);
            List<String> states = views.stream()
                    .map(view -> JsonPath.from(view).getString("state"))
                    .toList();
            assertThat(states).contains("RUNNING").endsWith("COMPLETED");
            assertThat(states.stream().filter("COMPLETED"::equals)).hasSize(1);
            List<Integer> batches = views.stream()
                    .map(view -> JsonPath.from(view))
                    .filter(view -> view.get("progress") != null)
                    .map(view -> view.getInt("progress.epoch") * 100 + view.getInt("progress.batch"))
                    .toList();
            assertThat(batches).as("never goes back").isSorted();
            assertThat(stream.lines().filter("event:run"::equals)).hasSameSizeAs(views);
            assertThat(stream).contains(":open", ":alive");
            assertThatNothingIsSentTwice(stream, views.get(views.size() - 1));
            when().get("/runs")
                    .then()
                    .body("find {it.runId == '" + run + "'}.state", equalTo("COMPLETED"))
                    .body("find {it.runId == '" + run + "'}.keptPerClass", equalTo(null));
            when().get("/runs?limit=1&state=COMPLETED").then().statusCode(200).body("size()", equalTo(1));

            // And: what the selector heard.
            List<LossMessage> heard = selector.received();
            assertThat(heard.get(0).getAttemptOpened()).satisfies(opened -> {
                assertThat(opened.getDataset().getCount()).isEqualTo(200);
                assertThat(opened.getDataset().getChecksum()).isEqualTo(done.getString("fingerprint"));
                assertThat(opened.getSeed()).isEqualTo(3);
                assertThat(opened.getEpochs()).isEqualTo(2);
                assertThat(opened.getBatchSize()).isEqualTo(32);
                assertThat(opened.getWindow()).isEqualTo(4);
            });
            assertThat(heard.get(1).getEpochOpened().getPolicy().getKind()).isEqualTo(Policy.Kind.SELECTIVE);
            assertThat(heard.subList(1, heard.size()))
                    .allSatisfy(message -> assertThat(message.getAttempt()).isEqualTo(done.getLong("attempt")));
            assertThat(selector.batches()).hasSize(8).allSatisfy(batch -> {
                assertThat(batch.getLossesCount()).isEqualTo(batch.getIndicesCount());
                assertThat(batch.getIndicesList()).allMatch(index -> index % 2 == 0);
                assertThat(batch.hasPolicy()).isFalse();
            });
            patiently().untilAsserted(() -> assertThat(
                            last(selector.received()).getAttemptClosed().getReason())
                    .isEqualTo("completed"));

            // And: the model is there, in names that PyTorch code knows.
            byte[] weights = when().get("/runs/" + run + "/model")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asByteArray();
            int header = (int)
                    ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).getLong();
            JsonPath tensors = JsonPath.from(new String(weights, 8, header, StandardCharsets.UTF_8));
            assertThat(tensors.getList("'fc.weight'.shape", Integer.class)).containsExactly(10, 64);
            when().get("/runs/" + run + "/model.json")
                    .then()
                    .statusCode(200)
                    .body("architecture.model", equalTo("resnet8"))
                    .body("classes[1]", equalTo("trouser"))
                    .body("input.channels", equalTo(1));

            // And: topic run-events holds the end of it, under the attempt's key.
            patiently().untilAsserted(() -> {
                List<ConsumerRecord<String, byte[]>> news = read("run-events", run + "/" + done.getLong("attempt"));
                RunEvent end = RunEvent.parseFrom(last(news).value());
                assertThat(end.getRun().getState()).isEqualTo(org.dietsb.trainer.wire.Run.State.COMPLETED);
                assertThat(end.getRun().getWeightsChecksum()).isEqualTo(done.getString("weightsChecksum"));
            });
        }
        String metrics = Callers.managed("/q/metrics").asString();
        for (String stage :
                List.of("selection_forward", "mask_wait", "gather", "forward_backward", "optimizer", "evaluate")) {
            assertThat(metrics).contains("dietsb_stage_seconds_count{stage=\"" + stage + "\"}");
        }
        assertThat(metrics)
                .containsPattern("dietsb_mask_round_trip_seconds_count [1-9]")
                .contains("dietsb_accuracy{run=\"" + run + "\"}")
                .contains("dietsb_running{run=\"" + run + "\"} 0.0")
                .containsPattern("dietsb_never_selected\\{run=\"" + run + "\"} 0\\.[0-9]");
        patiently().untilAsserted(() -> assertThat(Callers.managed("/q/metrics").asString())
                .containsPattern("dietsb_orders_open\\{topic=\"training-orders\"\\} [0-9]")
                .containsPattern("dietsb_runs\\{state=\"completed\"} [1-9]"));
    }

    @Test
    void maskDelayDoesNotChangeAnyBit() {
        List<String> checksums = new ArrayList<>();
        for (int slowest : List.of(0, 60)) {
            String id = run + "-" + slowest;
            try (PlayedSelector selector = new PlayedSelector(bootstrapServers, id, HIGHER_HALF, slowest)) {
                order(id, SMALL).then().statusCode(201);
                JsonPath done = awaitState(id, "COMPLETED");
                assertThat(done.getBoolean("bitIdentical")).isTrue();
                assertThat(selector.batches()).hasSize(14);
                checksums.add(done.getString("weightsChecksum"));
            }
        }
        assertThat(checksums.get(1)).isEqualTo(checksums.get(0));
    }

    @Test
    void swapTakesEffectAtABatchAndIsPublished() throws Exception {
        Policy random = PolicyWire.toWire(org.dietsb.contracts.policy.Policy.BASELINE).toBuilder()
                .setKind(Policy.Kind.RANDOM)
                .setKeep(.5)
                .build();
        // Given: a selector that answers batch 2 only when the swap has been read.
        try (PlayedSelector selector = selector(message -> {
            if (message.getBatchLosses().getEpoch() == 1
                    && message.getBatchLosses().getBatch() == 2) {
                swap(0, random);
                await().atMost(Duration.ofMinutes(5))
                        .until(() -> policies.of(run, org.dietsb.contracts.policy.Policy.BASELINE)
                                        .at(1, 0)
                                        .revision()
                                == 1);
            }
            return HIGHER_HALF.answer(message);
        })) {
            order(run, SMALL + ", \"window\": 1").then().statusCode(201);
            JsonPath done = awaitState(run, "COMPLETED");

            assertThat(done.getList("policies.revision", Integer.class)).containsExactly(0, 1);
            assertThat(done.getInt("policies[1].epoch")).isEqualTo(1);
            assertThat(done.getInt("policies[1].batch")).isEqualTo(3);
            assertThat(done.getString("policy.kind")).isEqualTo("random");
            assertThat(done.getInt("policyRevision")).isEqualTo(1);
            List<BatchLosses> batches = selector.batches();
            assertThat(batches.get(3).getPolicy()).isEqualTo(random);
            assertThat(batches.get(3).getLossesCount()).isZero();
            assertThat(batches.stream().filter(BatchLosses::hasPolicy)).hasSize(1);
        }
    }

    private void swap(long replaces, Policy policy) {
        send(
                "selector-policies",
                run,
                PolicyChange.newBuilder()
                        .setRunId(run)
                        .setRevision(replaces + 1)
                        .setReplaces(replaces)
                        .setPolicy(policy)
                        .setWho("test")
                        .build()
                        .toByteArray());
    }

    @Test
    void timedOutMasksAreReportedAndEndTheGuaranteeOfEqualBits() {
        try (PlayedSelector selector = selector(
                message -> message.hasBatchLosses() && message.getBatchLosses().getBatch() > 2
                        ? null
                        : HIGHER_HALF.answer(message))) {
            order(run, SMALL.replace("600", "0.2")).then().statusCode(201);
            JsonPath done = awaitState(run, "COMPLETED");

            assertThat(done.getBoolean("bitIdentical")).isFalse();
            assertThat(done.getInt("epochs[0].maskTimeouts")).isPositive();
            assertThat(selector.batches().stream().flatMap(batch -> batch.getTimedOutList().stream()))
                    .isNotEmpty()
                    .allSatisfy(timedOut -> assertThat(timedOut.getDone()).isEqualTo(TrainingOrder.OnTimeout.WHOLE));
            assertThat(selector.batches())
                    .anySatisfy(batch -> assertThat(batch.getLossesCount()).isZero());

            // And: those of the last batches, after which no other is announced, with the end.
            patiently().untilAsserted(() -> assertThat(
                            last(selector.received()).getAttemptClosed().getTimedOutList())
                    .anySatisfy(timedOut -> {
                        assertThat(timedOut.getEpoch()).isEqualTo(2);
                        assertThat(timedOut.getBatch()).isEqualTo(6);
                    }));
        }
    }

    @Test
    void runWaitingForItsEpochMaskCanBeCancelled() {
        try (PlayedSelector selector = selector(message -> null)) {
            order(run, SMALL).then().statusCode(201);
            patiently().until(() -> selector.received().stream().anyMatch(LossMessage::hasEpochOpened));

            cancel(run);

            awaitState(run, "CANCELLED");
            patiently().untilAsserted(() -> assertThat(
                            last(selector.received()).getAttemptClosed().getReason())
                    .isEqualTo("cancelled"));
            resume(run)
                    .statusCode(409)
                    .body("detail", equalTo("run " + run + " has no checkpoint on this trainer: order it again"));
        }
    }

    @Test
    void runWaitingForAMaskCanBeCancelledByAnyTrainer() {
        try (PlayedSelector selector = selector(message -> message.hasEpochOpened() ? keepAll(message) : null)) {
            order(run, SMALL + ", \"onTimeout\": \"wait\"").then().statusCode(201);
            patiently().until(() -> selector.batches().size() == 4);

            // When: the request comes over the topic, from another trainer's REST.
            RunEvent.Builder request = RunEvent.newBuilder();
            request.getCancelRequestedBuilder().setRunId(run).setWho("another");
            send("run-events", run + "/cancel", request.build().toByteArray());

            assertThat(awaitState(run, "CANCELLED").getString("reason")).isEqualTo("cancelled");
            when().delete("/runs/" + run).then().statusCode(202).body("state", equalTo("CANCELLED"));
        }
    }

    @Test
    void queuedRunIsCancelledAtOnce() {
        try (PlayedSelector selector = selector(message -> null);
                PlayedSelector second = new PlayedSelector(bootstrapServers, run + "-second", message -> null)) {
            order(run, SMALL).then().statusCode(201);
            patiently().until(() -> selector.received().stream().anyMatch(LossMessage::hasEpochOpened));
            order(run + "-second", SMALL).then().statusCode(201).body("state", equalTo("QUEUED"));
            assertThat(one(run + "-second").getString("waitsFor"))
                    .as("other tests leave runs behind")
                    .containsPattern("trainers? busy");
            assertThat(one(run).getString("waitsFor")).isNull();

            when().delete("/runs/" + run + "-second").then().statusCode(202).body("state", equalTo("CANCELLED"));
            cancel(run);

            awaitState(run, "CANCELLED");
            try (PlayedSelector third = new PlayedSelector(bootstrapServers, run + "-third", HIGHER_HALF)) {
                order(run + "-third", SMALL).then().statusCode(201);
                awaitState(run + "-third", "COMPLETED");
            }
            assertThat(second.received()).isEmpty();
        }
    }

    @Test
    void runThatWaitsForScoresIsQueuedBySomeoneElse() throws Exception {
        String waiting = "\"waitForScores\": true, "
                + SMALL.replace("\"selective\"", "\"diet-selective\", \"scoreSet\": \"to-come\"");
        try (PlayedSelector selector = selector(message -> null)) {
            JsonPath ordered =
                    order(run, waiting).then().statusCode(201).extract().jsonPath();
            assertThat(ordered.getString("state")).isEqualTo("QUEUED");
            assertThat(ordered.getString("waitsFor")).isEqualTo("score set to-come");
            afterAnotherRun();
            assertThat(read("training-orders", run)).isEmpty();
            assertThat(one(run).getString("state")).isEqualTo("QUEUED");
            // When: the scorer does its part.
            org.dietsb.trainer.wire.Run queued = RunEvent.parseFrom(
                            last(read("run-events", run + "/queued")).value())
                    .getRun();
            assertThat(queued.getAwaitsScores()).isTrue();
            sendOrder(queued.getOrder());
            // Then
            patiently().until(() -> selector.received().stream().anyMatch(LossMessage::hasEpochOpened));
            cancel(run);
            awaitState(run, "CANCELLED");
        }
        // And: one that still waits is cancelled at once.
        order(run + "-second", waiting).then().statusCode(201);
        cancel(run + "-second");
        assertThat(awaitState(run + "-second", "CANCELLED").getString("waitsFor"))
                .isNull();
        assertThat(read("training-orders", run + "-second")).isEmpty();
    }

    @Test
    void aRunOfALoopOfItsOwnIsResumedWhereItsLoopIs() {
        var order = OrderWire.fromWire(OrderWire.toWire(TestOrders.baseline(run)).toBuilder()
                .setForeign(true)
                .build());
        registry.accept(Run.queued(order, 1).ended(Run.State.FAILED, "killed", 2));

        resume(run)
                .statusCode(409)
                .body(
                        "detail",
                        equalTo(
                                "run " + run
                                        + " is trained by a loop of its own: resume it where its loop is, with the state that it saved"));
        when().get("/runs/" + run).then().statusCode(200).body("foreign", equalTo(true));
    }

    private static ValidatableResponse resume(String id) {
        return when().post("/runs/" + id + "/resume").then();
    }

    @Test
    void runWhoseModelCouldNotBeWrittenIsResumedToWriteIt() throws Exception {
        // Given: a full disk where the model is to be written.
        Path folder = Files.createDirectories(config.home().resolve("models").resolve(run));
        Files.createSymbolicLink(folder.resolve("unfinished"), Path.of("/dev/full"));
        try (PlayedSelector selector = selector(HIGHER_HALF)) {
            order(run, SMALL).then().statusCode(201);
            JsonPath failed = awaitState(run, "FAILED");
            assertThat(failed.getString("reason"))
                    .isEqualTo("cannot write the model of " + run + ": no space left in " + folder.getParent());
            assertThat(failed.getList("epochs")).hasSize(2);
            // When
            resume(run).statusCode(202).body("state", equalTo("QUEUED"));
            // Then: nothing is trained again.
            JsonPath done = awaitState(run, "COMPLETED");
            assertThat(selector.batches()).hasSize(14);
            assertThat(done.getList("epochs")).hasSize(2);
            assertThat(done.getInt("resumedFrom.epoch")).isEqualTo(2);
            assertThat(done.getLong("attempt")).isGreaterThan(failed.getLong("attempt"));
            assertThat(done.getBoolean("bitIdentical")).isTrue();
            when().get("/runs/" + run + "/model").then().statusCode(200);
            // And: the checkpoints are needed no longer.
            patiently().until(() -> Files.notExists(config.checkpointDir().resolve(run)));
            resume(run)
                    .statusCode(409)
                    .body("detail", equalTo("run " + run + " is COMPLETED, allowed are FAILED and CANCELLED"));
        }
        resume("nobodys").statusCode(404);
    }

    @Test
    void cancelledRunResumesFromItsCheckpointToTheSameBits() {
        AtomicBoolean silent = new AtomicBoolean(true);
        PlayedSelector.Script until = message ->
                silent.get() && message.getBatchLosses().getBatch() == 5 ? null : HIGHER_HALF.answer(message);
        String order = SMALL + ", \"checkpointEvery\": 3";
        try (PlayedSelector selector = selector(until);
                PlayedSelector undisturbed = new PlayedSelector(bootstrapServers, run + "-undisturbed", HIGHER_HALF)) {
            order(run, order).then().statusCode(201);
            patiently().until(() -> selector.batches().stream().anyMatch(batch -> batch.getBatch() == 5));
            cancel(run);
            awaitState(run, "CANCELLED");
            silent.set(false);
            // When
            resume(run).statusCode(202);
            order(run + "-undisturbed", order).then().statusCode(201);
            // Then
            JsonPath done = awaitState(run, "COMPLETED");
            assertThat(done.getInt("resumedFrom.batch")).isEqualTo(3);
            assertThat(done.getString("reason")).isNull();
            assertThat(awaitState(run + "-undisturbed", "COMPLETED").getString("weightsChecksum"))
                    .isEqualTo(done.getString("weightsChecksum"));
        }
    }

    @Test
    void runThatNoTrainerHoldsIsEndedByACancellation() {
        // Given: news of a run whose order and trainer are gone.
        RunEvent lost = RunEvent.newBuilder()
                .setRun(RunWire.toWire(RunRegistryTest.run(run, 0, Run.State.RUNNING)))
                .build();
        send("run-events", run + "/0", lost.toByteArray());
        patiently().until(() -> when().get("/runs/" + run).statusCode() == 200);
        // When
        when().delete("/runs/" + run)
                .then()
                .statusCode(202)
                .body("state", equalTo("CANCELLED"))
                .body("reason", equalTo("cancelled; no trainer held it"));
    }

    @Test
    void orderWhoseTrainersEndWithoutProgressFails() {
        // Given: takes that are not over, of trainers that no longer exist.
        for (String id : List.of("1", "2", "3")) {
            taken(run, id, false);
            taken(run + "-other", id, false);
        }
        taken(run + "-other", "2", true);
        // When
        order(run, SMALL).then().statusCode(201);
        // Then
        assertThat(awaitState(run, "FAILED").getString("reason"))
                .isEqualTo("3 trainers ended while training it, without a new checkpoint in between, before its first"
                        + " batch. This trainer may use " + MemoryLimit.ofThisTrainer()
                        + ": a run that needs more ends its trainer. See the trainers' logs");
        // And: one that ended in order does not count.
        afterAnotherRun();
    }

    private void taken(String id, String take, boolean over) {
        RunEvent.Builder news = RunEvent.newBuilder();
        news.getTakeBuilder().setRunId(id).setId(take).setOver(over);
        send("run-events", id + "/taken/" + take, news.build().toByteArray());
    }

    @Test
    void newsOfAMachineWhoseClockIsAheadAreStored() throws Exception {
        long ahead = System.currentTimeMillis() + 7_200_000;
        RecordMetadata stored = producer.send(new ProducerRecord<>("run-events", 0, ahead, "/probe", new byte[0]))
                .get();
        assertThat(stored.timestamp()).as("by the broker's clock").isLessThan(ahead);
    }

    /** The policy of {@link #SMALL}, by the losses of a proxy. */
    private static final String BY_PROXY = SMALL.replace("0.5}", "0.5, \"losses\": \"proxy:resnet8\"}");

    @Test
    void runWithProxyHasNoSelectionPassesAndBothEnd() {
        String proxy = run + "-proxy";
        try (PlayedSelector selector = selector(HIGHER_HALF);
                PlayedSelector ofProxy = new PlayedSelector(bootstrapServers, proxy, HIGHER_HALF)) {
            order(run, BY_PROXY.replace("resnet8", "resnet20"))
                    .then()
                    .statusCode(201)
                    .body("proxy.runId", equalTo(proxy))
                    .body("proxy.model", equalTo("resnet20"))
                    .body("proxy.state", equalTo("QUEUED"));

            // Then: there is only one trainer; the run waits for another, and publishes that.
            patiently().until(() -> ("waits for another trainer, to train its proxy " + proxy)
                    .equals(one(run).getString("reason")));
            assertThat(one(run).getString("state")).isEqualTo("QUEUED");
            assertThat(selector.received()).isEmpty();

            // When: another trainer takes the proxy, and later gives it back.
            another(proxy, org.dietsb.trainer.wire.Run.State.RUNNING, "");
            JsonPath done = awaitState(run, "COMPLETED");
            JsonPath small = awaitState(proxy, "COMPLETED");

            assertThat(done.getString("reason")).isNull();
            assertThat(done.getList("epochs.selectionExamples", Integer.class)).containsExactly(0, 0);
            assertThat(done.getString("policy.losses")).isEqualTo("proxy:resnet20");
            assertThat(selector.batches()).hasSize(14).allMatch(batch -> batch.getLossesCount() == 0);
            assertThat(selector.received().get(0).getAttemptOpened().getProxy()).isEqualTo(proxy);
            assertThat(small.getString("proxyOf")).isEqualTo(run);
            assertThat(small.getString("model")).isEqualTo("resnet20");
            assertThat(small.getString("policy.losses")).isEqualTo("fresh");
            assertThat(small.getList("epochs.selectionExamples", Integer.class)).containsExactly(200, 200);
            assertThat(ofProxy.received().get(0).getAttemptOpened().getProxyOf())
                    .isEqualTo(run);
            assertThat(ofProxy.batches().stream().map(BatchLosses::getIndicesList))
                    .as("the same batches")
                    .containsExactlyElementsOf(selector.batches().stream()
                            .map(BatchLosses::getIndicesList)
                            .toList());
            assertThat(one(run).getInt("proxy.selectionExamples")).isEqualTo(400);
            assertThat(one(run).getInt("proxy.backwardExamples"))
                    .isEqualTo(small.getList("epochs.backwardExamples", Integer.class).stream()
                            .mapToInt(i -> i)
                            .sum());
        }
        int partition = Math.floorMod(run.hashCode(), topics.partitions("batch-losses"));
        assertThat(read("batch-losses", partition, message -> proxy.equals(message.key())))
                .as("where its run's messages lie")
                .isNotEmpty();
    }

    @Test
    void runAndProxyAreCancelledTogether() {
        order(run, BY_PROXY).then().statusCode(201);
        patiently().until(() -> one(run).getString("reason") != null);

        cancel(run + "-proxy");

        awaitState(run, "CANCELLED");
        awaitState(run + "-proxy", "CANCELLED");
        afterAnotherRun();
    }

    @Test
    void failedProxyFailsItsRunWithTheReason() {
        try (PlayedSelector selector = selector(message -> message.hasEpochOpened() ? keepAll(message) : null)) {
            order(run, BY_PROXY).then().statusCode(201);
            another(run + "-proxy", org.dietsb.trainer.wire.Run.State.RUNNING, "");
            patiently().until(() -> selector.batches().size() == 4);

            another(run + "-proxy", org.dietsb.trainer.wire.Run.State.FAILED, "no such folder");

            assertThat(awaitState(run, "FAILED").getString("reason"))
                    .isEqualTo("its proxy " + run + "-proxy is failed: no such folder");
        }
    }

    @Test
    void idOfAnotherRunsProxyIsRejected() {
        order(run + "-proxy", "\"dataset\": \"mnist-idx\"").then().statusCode(201);

        order(run, BY_PROXY)
                .then()
                .statusCode(409)
                .body("detail", equalTo("id is " + run + "-proxy, that of its proxy, which another run has"));
        when().get("/runs/" + run).then().statusCode(404);
    }

    /** Publishes a run that is known here as attempt 0 of another trainer. */
    private void another(String id, org.dietsb.trainer.wire.Run.State state, String reason) {
        RunEvent news = RunEvent.newBuilder()
                .setRun(RunWire.toWire(registry.find(id).orElseThrow()).toBuilder()
                        .setAttempt(0)
                        .setState(state)
                        .setStartedMillis(1)
                        .setReason(reason))
                .build();
        send("run-events", id + "/0", news.toByteArray());
    }

    @Test
    void fencedTrainerStopsAndWritesNothingMore() {
        try (PlayedSelector selector = selector(message -> message.hasBatchLosses()
                ? MaskMessage.newBuilder().setFenced(Fenced.newBuilder().setByAttempt(message.getAttempt() + 1))
                : HIGHER_HALF.answer(message))) {
            order(run, SMALL).then().statusCode(201);
            patiently().until(() -> !selector.batches().isEmpty());
            afterAnotherRun();

            assertThat(one(run).getString("state")).isEqualTo("RUNNING");
            assertThat(selector.received()).noneMatch(LossMessage::hasAttemptClosed);
            assertThat(selector.batches()).hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void unfitMaskIsADeadLetter() {
        // Given: a mask of another run for batch 1, right before the right one.
        int partition = Math.floorMod(run.hashCode(), topics.partitions("backprop-masks"));
        try (PlayedSelector selector = selector(message -> {
            MaskMessage.Builder answer = HIGHER_HALF.answer(message);
            if (answer != null
                    && message.getBatchLosses().getEpoch() == 1
                    && message.getBatchLosses().getBatch() == 1) {
                MaskMessage.Builder foreign = answer.clone().setRunId(run).setAttempt(message.getAttempt());
                foreign.getBatchMaskBuilder().setRevision(9);
                sendTo("backprop-masks", partition, run, foreign.build().toByteArray());
            }
            return answer;
        })) {
            // When
            order(run, SMALL).then().statusCode(201);
            JsonPath done = awaitState(run, "COMPLETED");
            // Then
            assertThat(done.getList("epochs.maskTimeouts", Integer.class)).containsExactly(0, 0);
            assertThat(selector.batches()).hasSize(14);
            patiently().untilAsserted(() -> assertThat(reason(run)).isEqualTo("revision is 9, requested was 0"));
        }
    }

    private void sendTo(String topic, int partition, String key, byte[] value) {
        try {
            producer.send(new ProducerRecord<>(topic, partition, key, value)).get();
        } catch (ExecutionException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void refusedRunFailsWithTheReason() {
        try (PlayedSelector selector = selector(message -> message.hasEpochOpened()
                ? MaskMessage.newBuilder()
                        .setRefused(Refused.newBuilder().setEpoch(1).setReason("score set x is unknown"))
                : null)) {
            order(run, SMALL).then().statusCode(201);

            JsonPath failed = awaitState(run, "FAILED");
            assertThat(failed.getString("reason")).isEqualTo("score set x is unknown");
            assertThat(failed.getString("endedAt")).isNotNull();
            when().get("/runs/" + run + "/model").then().statusCode(404).body("detail", containsString("FAILED"));
            patiently().untilAsserted(() -> assertThat(
                            last(selector.received()).getAttemptClosed().getReason())
                    .isEqualTo("score set x is unknown"));
        }
    }

    @Test
    void runForgottenByTheSelectorIsAttemptedAgain() {
        AtomicInteger forgotten = new AtomicInteger();
        try (PlayedSelector selector =
                selector(message -> message.getBatchLosses().getBatch() == 5 && forgotten.getAndIncrement() == 0
                        ? MaskMessage.newBuilder().setUnknown(Unknown.getDefaultInstance())
                        : HIGHER_HALF.answer(message))) {
            order(run, SMALL).then().statusCode(201);
            JsonPath done = awaitState(run, "COMPLETED");

            List<Long> attempts = selector.received().stream()
                    .filter(message -> !message.hasAttemptOpened())
                    .map(LossMessage::getAttempt)
                    .distinct()
                    .toList();
            assertThat(attempts).hasSize(2).isSorted();
            assertThat(done.getLong("attempt")).isEqualTo(attempts.get(1));
            assertThat(done.getBoolean("bitIdentical"))
                    .as("the later attempt trains what the first would have")
                    .isTrue();
            assertThat(done.getList("epochs")).hasSize(2);
            assertThat(selector.received().stream()
                            .filter(message -> message.hasEpochOpened()
                                    && message.getEpochOpened().getEpoch() == 1)
                            .allMatch(message -> message.getEpochOpened().hasPolicy()))
                    .as("a new attempt sends its policy again")
                    .isTrue();
        }
    }

    @Test
    void attemptReportsTheCheckpointItResumedFrom() {
        AtomicInteger forgotten = new AtomicInteger();
        try (PlayedSelector selector =
                selector(message -> message.getBatchLosses().getBatch() == 5 && forgotten.getAndIncrement() == 0
                        ? MaskMessage.newBuilder().setUnknown(Unknown.getDefaultInstance())
                        : HIGHER_HALF.answer(message))) {
            order(run, SMALL + ", \"checkpointEvery\": 3").then().statusCode(201);
            JsonPath done = awaitState(run, "COMPLETED");

            long first = selector.received().stream()
                    .filter(LossMessage::hasBatchLosses)
                    .mapToLong(LossMessage::getAttempt)
                    .min()
                    .orElseThrow();
            assertThat(done.getLong("attempt")).isGreaterThan(first);
            assertThat(done.getLong("resumedFrom.attempt")).isEqualTo(first);
            assertThat(done.getInt("resumedFrom.epoch")).isEqualTo(1);
            assertThat(done.getInt("resumedFrom.batch")).isEqualTo(3);
            assertThat(done.getBoolean("bitIdentical")).isTrue();
        }
    }

    @Test
    void runUnknownToTheSelectorFails() {
        try (PlayedSelector selector = selector(message ->
                message.hasEpochOpened() ? MaskMessage.newBuilder().setUnknown(Unknown.getDefaultInstance()) : null)) {
            order(run, SMALL).then().statusCode(201);

            assertThat(awaitState(run, "FAILED").getString("reason")).isEqualTo("the selector does not know this run");
            assertThat(selector.received().stream().filter(LossMessage::hasAttemptOpened))
                    .hasSize(3);
        }
    }

    @Test
    void memberOfAScoringReportsItsErrorNorms() throws Exception {
        try (PlayedSelector selector = selector(HIGHER_HALF)) {
            sendOrder(member(run).build());
            awaitState(run, "COMPLETED");

            assertThat(selector.received().stream().filter(LossMessage::hasEpochOpened))
                    .as("cut off after two of ten epochs")
                    .hasSize(2);
            List<ConsumerRecord<String, byte[]>> reported = read("prediction-errors", run + "-scoring");
            assertThat(reported).hasSize(1);
            PredictionErrors errors =
                    PredictionMessage.parseFrom(reported.get(0).value()).getErrors();
            assertThat(errors.getMember()).isEqualTo(3);
            assertThat(errors.getRunId()).isEqualTo(run);
            assertThat(errors.getDataset().getCount()).isEqualTo(200);
            assertThat(errors.getSeed()).isEqualTo(99);
            assertThat(errors.getFirstIndex()).isZero();
            assertThat(errors.getErrorNormsList()).hasSize(200).allSatisfy(norm -> assertThat((double) norm)
                    .isBetween(0.0, Math.sqrt(2) + 1e-6));
            assertThat(errors.getLabelsList()).hasSize(200).allMatch(label -> label < 10);
            assertThat(errors.getExamplesTrained()).isEqualTo(400);
            assertThat(errors.getSeconds()).isPositive();
            when().get("/runs/" + run)
                    .then()
                    .body("member.scoringId", equalTo(run + "-scoring"))
                    .body("member.member", equalTo(3))
                    .body("accuracy", equalTo(null));
            when().get("/runs/" + run + "/model").then().statusCode(404);
        }
    }

    @Test
    void failedMemberReportsToItsScoring() throws Exception {
        sendOrder(member(run)
                .setDataset(DatasetChoice.newBuilder().setName("cifar10").setDataDir("/nowhere"))
                .build());

        assertThat(awaitState(run, "FAILED").getString("reason"))
                .isEqualTo("data-dir is /nowhere, which is not a folder");
        resume(run)
                .statusCode(409)
                .body(
                        "detail",
                        containsString("is a member of scoring " + run + "-scoring, which does not wait for it"));
        List<ConsumerRecord<String, byte[]>> reported = read("prediction-errors", run + "-scoring");
        assertThat(PredictionMessage.parseFrom(last(reported).value())
                        .getFailed()
                        .getReason())
                .isEqualTo("data-dir is /nowhere, which is not a folder");
    }

    private static TrainingOrder.Builder member(String run) {
        return TrainingOrder.newBuilder()
                .setRunId(run)
                .setDataset(DatasetChoice.newBuilder().setName("fashion-mini").setLimit(200))
                .setModel("resnet8")
                .setSeed(99)
                .setRecipe(Recipe.newBuilder()
                        .setEpochs(10)
                        .setBatchSize(32)
                        .setLearningRate(.1)
                        .setSchedule(Recipe.Schedule.COSINE)
                        .setMomentum(.9))
                .setFirstPolicy(PolicyWire.toWire(org.dietsb.contracts.policy.Policy.BASELINE))
                .setMember(ScoringMember.newBuilder()
                        .setScoringId(run + "-scoring")
                        .setMember(3)
                        .setStopAfterEpochs(2));
    }

    @Test
    void malformedOrderIsADeadLetterAndTheNextIsRun() {
        send("training-orders", run + "-bytes", "no order".getBytes(StandardCharsets.UTF_8));
        send("training-orders", run + "-empty", null);
        sendOrder(member(run + "-batch")
                .setRecipe(Recipe.newBuilder().setEpochs(1).setLearningRate(.1))
                .build());
        // An order for a model that is unknown to this trainer fails.
        sendOrder(member(run + "-model").setModel("vgg").build());

        assertThat(awaitState(run + "-model", "FAILED").getString("reason"))
                .isEqualTo("model is vgg, allowed is one of resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4,"
                        + " wrn-28-10, googlenet");
        patiently().untilAsserted(() -> {
            assertThat(reason(run + "-bytes")).isNotEmpty();
            assertThat(reason(run + "-empty")).isEqualTo("a message without a value");
            assertThat(reason(run + "-batch")).isEqualTo("batchSize is 0, allowed is [1, 65536]");
        });
        Callers.managed("/q/metrics")
                .then()
                .body(containsString("dietsb_dead_letters_total{topic=\"training-orders\"}"));
    }

    private String reason(String key) {
        List<ConsumerRecord<String, byte[]>> letters =
                read("dead-letters", letter -> key.equals(header(letter, "key")));
        assertThat(letters).as(key).hasSize(1);
        return header(letters.get(0), "reason");
    }

    private static String header(ConsumerRecord<String, byte[]> message, String name) {
        return new String(message.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void unreadableEventsDoNotStopReading() {
        send("run-events", run + "-news", "no news".getBytes(StandardCharsets.UTF_8));
        send("run-events", run, null);
        send("selector-policies", run + "-policy", "no policy".getBytes(StandardCharsets.UTF_8));
        afterAnotherRun();
        patiently().untilAsserted(() -> {
            assertThat(reason(run + "-news")).isNotEmpty();
            assertThat(reason(run + "-policy")).isNotEmpty();
        });
    }

    @Test
    void missingDatasetFailsTheRunWithAReason() {
        order(run, "\"dataset\": \"mnist-idx\"").then().statusCode(201);

        assertThat(awaitState(run, "FAILED").getString("reason"))
                .isEqualTo("dataset mnist-idx is not in any usual place: name its folder with data-dir");
    }

    @Test
    void errorOfTheJvmFailsTheRun() throws Exception {
        // Given: an executor whose memory is at its end when it opens an attempt.
        Producer<String, byte[]> exhausted =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()) {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<String, byte[]> message, @Nullable Callback callback) {
                        throw new OutOfMemoryError("no memory");
                    }
                };
        Shutdown shutdown = new Shutdown();
        Checkpoints checkpoints = new Checkpoints(config, checkpointMeters, new OwnScores(exhausted), shutdown);
        RunEnds ends = new RunEnds(registry, events, models, reports);
        Watchdog watchdog = new Watchdog(config, registry);
        Partners partners = new Partners(config, registry, events, shutdown);
        SelectorLink selector = new SelectorLink(kafka, exhausted, topics, policies, deadLetters);
        RunExecutor executor = new RunExecutor(
                config,
                registry,
                events,
                takes,
                partners,
                checkpoints,
                ends,
                new Attempts(
                        selector,
                        networks,
                        checkpoints,
                        ends,
                        partners,
                        shutdown,
                        events,
                        gauges,
                        trainingMeters,
                        watchdog),
                shutdown,
                watchdog);

        // When
        executor.begin(OrderWire.fromWire(member(run).build())).get(5, TimeUnit.MINUTES);

        // Then
        assertThat(one(run).getString("state")).isEqualTo("FAILED");
        assertThat(one(run).getString("reason")).isEqualTo("java.lang.OutOfMemoryError: no memory");
        executor.shutDown();
    }

    @Test
    void tooManyRunsAreRejectedUntilOneIsOver() throws Exception {
        // Given: a run that waits, as many as are allowed.
        TrainerConfig one = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(TrainerConfig.class)
                .withDefaultValue("user.home", "/nowhere")
                .withDefaultValue("dietsb.trainer.most-runs", "1")
                .build()
                .getConfigMapping(TrainerConfig.class);
        RunRegistry known = new RunRegistry();
        RunResource door = new RunResource(
                known,
                new LostRuns(one),
                events,
                new RunQueue(known, events, details, orders, policies, one),
                policies,
                models,
                one);
        known.accept(RunRegistryTest.run(run + "-waits", -1, Run.State.QUEUED));
        String further = "{\"id\": \"" + run + "\", \"dataset\": \"mnist-idx\"}";
        // Then
        assertThatThrownBy(() -> door.order(further)).isInstanceOfSatisfying(HttpProblem.class, refused -> {
            assertThat(refused.getStatusCode()).isEqualTo(503);
            assertThat(refused.getDetail())
                    .isEqualTo("1 runs are queued or running, as many as dietsb.trainer.most-runs allows");
        });
        known.accept(RunRegistryTest.run(run + "-waits", 5, Run.State.COMPLETED));
        assertThat(door.order(further).getStatus()).isEqualTo(201);
    }

    /** A client that has seen an earlier event gets the current one, a client that has seen this one gets no event. */
    private void assertThatNothingIsSentTwice(String stream, String current) {
        List<String> ids = stream.lines()
                .filter(line -> line.startsWith("id:"))
                .map(line -> line.substring("id:".length()))
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        for (String seen : List.of(ids.get(0), ids.get(ids.size() - 1))) {
            String again = given().header("Last-Event-ID", seen)
                    .get("/runs/" + run + "/events")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            List<String> data =
                    again.lines().filter(line -> line.startsWith("data:")).toList();
            assertThat(data).isEqualTo(seen.equals(ids.get(0)) ? List.of("data:" + current) : List.of());
        }
    }

    @Test
    void duplicateIdIsRejected() {
        order(run, "\"dataset\": \"mnist-idx\"").then().statusCode(201);
        order(run, SMALL)
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("detail", equalTo("id is " + run + ", which another run has"));
        for (String path : List.of("", "/events", "/model", "/model.json")) {
            when().get("/runs/nobodys" + path)
                    .then()
                    .statusCode(404)
                    .body("detail", equalTo("id is nobodys, which no run has"));
        }
        when().delete("/runs/nobodys").then().statusCode(404);
    }

    @Test
    void emptyObjectStandsForDefaultsAndNoBodyForNoOrder() {
        given().contentType(ContentType.JSON)
                .post("/runs")
                .then()
                .statusCode(400)
                .body("detail", equalTo("the body is missing, it should be an order"));
        JsonPath ordered = given().contentType(ContentType.JSON)
                .body("{}")
                .post("/runs")
                .then()
                .statusCode(201)
                .extract()
                .jsonPath();
        assertThat(ordered.getString("runId")).matches("fashion-mini-resnet8-baseline-[0-9a-f]{6}");
        assertThat(ordered.getString("policy.kind")).isEqualTo("baseline");
        cancel(ordered.getString("runId"));
        awaitState(ordered.getString("runId"), "CANCELLED");
    }

    @Test
    void rejectedOrdersNameFieldValueAndAllowedRange() {
        Map<String, String> bodies = Map.ofEntries(
                Map.entry("[]", "the body is not a JSON object, it should be an order"),
                Map.entry("{\"epochs\": 3", "the body is not JSON"),
                Map.entry("{\"epochs\": 2.5}", "epochs is 2.5, allowed is an integer"),
                Map.entry("{\"epochs\": \"3\"}", "epochs is 3, allowed is an integer"),
                Map.entry("{\"learningRate\": \"fast\"}", "learningRate is fast, allowed is a number"),
                Map.entry("{\"dataset\": 7}", "dataset is 7, allowed is a string"),
                Map.entry("{\"policy\": \"random\"}", "policy is random, allowed is a policy, as a JSON object"),
                Map.entry(
                        "{\"policy\": {\"keep\": \"half\"}}",
                        "policy.keep is half, allowed is a number such as 0.5, a fraction such as 1/2, or a percentage such as 50 %"),
                Map.entry("{\"id\": \"Run 1\"}", "id is Run 1, allowed is [a-z0-9][a-z0-9.-]{0,79}"),
                Map.entry("{\"limit\": -1}", "limit is -1, allowed is 0 (all) or more"),
                Map.entry("{\"epochs\": 0}", "epochs is 0, allowed is [1, 100000]"),
                Map.entry("{\"batchSize\": 0}", "batchSize is 0, allowed is [1, 65536]"),
                Map.entry("{\"window\": 65}", "window is 65, allowed is [1, 64]"),
                Map.entry("{\"learningRate\": 0}", "learningRate is 0, allowed is (0, 1000000)"),
                Map.entry("{\"schedule\": \"linear\"}", "schedule is linear, allowed is one of cosine, step, constant"),
                Map.entry("{\"warmupEpochs\": 10}", "warmupEpochs is 10, allowed is [0, epochs)"),
                Map.entry("{\"momentum\": 1}", "momentum is 1, allowed is [0, 1)"),
                Map.entry("{\"weightDecay\": -1}", "weightDecay is -1, allowed is [0, 1)"),
                Map.entry(
                        "{\"augment\": \"rotate\"}",
                        "augment is rotate, allowed is one of crop,flip | crop | flip | none"),
                Map.entry("{\"evaluateEvery\": -1}", "evaluateEvery is -1, allowed is 0 (never) or more"),
                Map.entry("{\"maskTimeoutSeconds\": 0}", "maskTimeoutSeconds is 0, allowed is [0.001, 86400]"),
                Map.entry("{\"onTimeout\": \"panic\"}", "onTimeout is panic, allowed is one of whole, random, wait"),
                Map.entry("{\"budget\": \"hours=1\"}", "budget is hours=1, allowed is epochs, steps=N or passes=N"),
                Map.entry(
                        "{\"policy\": {\"kind\": \"selective\", \"losses\": \"proxy:vgg\"}}",
                        "losses is proxy:vgg, allowed is proxy: and one of resnet8, resnet18, resnet20, resnet32,"
                                + " resnet56, wrn-16-4, wrn-28-10, googlenet"),
                Map.entry(
                        "{\"budget\": \"passes=2\", \"policy\": {\"kind\": \"selective\", \"losses\":"
                                + " \"proxy:resnet8\"}}",
                        "budget is passes=2.0, allowed is epochs with a proxy: a run and its proxy are of"
                                + " equal length"),
                Map.entry(
                        "{\"model\": \"vgg\"}",
                        "model is vgg, allowed is one of resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4,"
                                + " wrn-28-10, googlenet"),
                Map.entry(
                        "{\"dataset\": \"imagenet\"}",
                        "dataset is imagenet, allowed is one of "
                                + "fashion-mini, fashion-mnist, mnist, mnist-idx, cifar10, cifar100, svhn, folder"),
                Map.entry("{\"policy\": {\"kind\": \"random\", \"keep\": 0}}", "keep is 0, allowed is (0, 1]"),
                Map.entry(
                        "{\"policy\": {\"kind\": \"selective\", \"rule\": \"percentile\", \"historySize\": 100}}",
                        "historySize is 100, allowed is at least the batch size, 128"),
                Map.entry("{\"policy\": {\"kind\": \"infobatch\", \"keep\": 2}}", "keep is 2, allowed is (0, 1]"),
                Map.entry(
                        "{\"epochs\": 3, \"policy\": {\"kind\": \"diet\", \"scoreSet\": \"own:3\"}}",
                        "scoreSet is own:3, allowed is own:N, N in [1, epochs - 1], epochs is 3"),
                Map.entry(
                        "{\"policy\": {\"kind\": \"diet-selective\", \"losses\": \"proxy:resnet8\", \"scoreSet\": \"own:1\"}}",
                        "scoreSet is own:1, allowed is a score set with a proxy: the run and its proxy have one diet"),
                Map.entry(
                        "{\"budget\": \"steps=9\", \"policy\": {\"kind\": \"diet\", \"scoreSet\": \"own:3\"}}",
                        "budget is steps=9, allowed is epochs for scoreSet own:3: its epochs are not equally long"),
                Map.entry(
                        "{\"policy\": {\"kind\": \"selective\", \"losses\": \"old\"}}",
                        "losses is old, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL"));
        Map<String, String> details = new HashMap<>();
        bodies.keySet()
                .forEach(body -> details.put(
                        body,
                        problem(body)
                                .body("title", equalTo("Not an order"))
                                .extract()
                                .path("detail")));
        assertThat(details).isEqualTo(bodies);
        problem("{\"epoch\": 3}")
                .body("detail", containsString("epoch is not a key of an order, allowed are augment, batchSize"))
                .body("detail", not(containsString("Exception")));
        problem("{\"policy\": {\"kept\": 0.5}}")
                .body("detail", containsString("policy.kept is not a key of an order, allowed are balanced, batching"));
    }

    private static io.restassured.response.ValidatableResponse problem(String body) {
        return given().contentType(ContentType.JSON)
                .body(body)
                .post("/runs")
                .then()
                .statusCode(400)
                .contentType("application/problem+json");
    }

    @Test
    void datasetsAndImagesAreServed() throws Exception {
        when().get("/datasets")
                .then()
                .statusCode(200)
                .body("find {it.name == 'fashion-mini'}.available", equalTo(true))
                .body("find {it.name == 'fashion-mini'}.examples", equalTo(10_000))
                .body("find {it.name == 'mnist-idx'}.available", equalTo(false));
        byte[] png = when().get("/datasets/fashion-mini/examples/9999.png")
                .then()
                .statusCode(200)
                .contentType("image/png")
                .extract()
                .asByteArray();
        assertThat(javax.imageio.ImageIO.read(new java.io.ByteArrayInputStream(png))
                        .getWidth())
                .isEqualTo(28);
        when().get("/datasets/fashion-mini/examples/10000.png")
                .then()
                .statusCode(404)
                .body("detail", equalTo("index is 10000, allowed is [0, 10000)"));
        when().get("/datasets/nothing/examples/0.png").then().statusCode(404);

        String first500 = new DatasetCatalog(Path.of("target"))
                .open("fashion-mini", null, 500)
                .identity()
                .checksum();
        String image = "/datasets/fashion-mini/examples/499.png?limit=500&fingerprint=";
        when().get(image + first500)
                .then()
                .statusCode(200)
                .header("Cache-Control", equalTo("max-age=31536000, private"));
        when().get(image + "f00d")
                .then()
                .statusCode(409)
                .body("detail", containsString("the 500 examples of fashion-mini on this trainer have " + first500));
        when().get("/datasets/fashion-mini/examples/500.png?limit=500")
                .then()
                .statusCode(404)
                .body("detail", equalTo("index is 500, allowed is [0, 500)"));
    }

    private static io.restassured.response.Response order(String id, String rest) {
        return given().contentType(ContentType.JSON)
                .body("{\"id\": \"" + id + "\", " + rest + "}")
                .post("/runs");
    }

    private static void cancel(String id) {
        when().delete("/runs/" + id).then().statusCode(202);
    }

    private static JsonPath one(String id) {
        return when().get("/runs/" + id).then().statusCode(200).extract().jsonPath();
    }

    private static JsonPath awaitState(String id, String state) {
        patiently().until(() -> {
            var got = when().get("/runs/" + id);
            return got.statusCode() == 200 && state.equals(got.jsonPath().getString("state"));
        });
        return one(id);
    }

    /** When another run is completed, all earlier work is done. */
    private void afterAnotherRun() {
        String other = run + "-other";
        try (PlayedSelector selector = new PlayedSelector(bootstrapServers, other, HIGHER_HALF)) {
            order(other, SMALL).then().statusCode(201);
            awaitState(other, "COMPLETED");
            assertThat(selector.batches()).hasSize(14);
        }
    }

    private static <T> T last(List<T> all) {
        return all.get(all.size() - 1);
    }

    private void sendOrder(TrainingOrder order) {
        send("training-orders", order.getRunId(), order.toByteArray());
    }

    private void send(String topic, String key, byte @Nullable [] value) {
        try {
            producer.send(new ProducerRecord<>(topic, key, value)).get();
        } catch (ExecutionException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Returns all messages with this key. */
    private List<ConsumerRecord<String, byte[]>> read(String topic, String key) {
        return read(topic, message -> key.equals(message.key()));
    }

    private List<ConsumerRecord<String, byte[]>> read(String topic, Predicate<ConsumerRecord<String, byte[]>> wanted) {
        return read(topic, 0, wanted);
    }

    private List<ConsumerRecord<String, byte[]>> read(
            String topic, int partition, Predicate<ConsumerRecord<String, byte[]>> wanted) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 10),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition place = new TopicPartition(topic, partition);
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            long end = consumer.endOffsets(List.of(place)).getOrDefault(place, 0L);
            List<ConsumerRecord<String, byte[]>> messages = new ArrayList<>();
            while (consumer.position(place) < end) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(200))) {
                    if (wanted.test(message)) {
                        messages.add(message);
                    }
                }
            }
            return messages;
        }
    }
}
