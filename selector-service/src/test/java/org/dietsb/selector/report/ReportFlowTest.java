package org.dietsb.selector.report;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** From a run's losses, by way of the broker, to its reports over REST. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class ReportFlowTest {
    private static final int PARTITION = 5;
    private static final Policy PERCENTILE = Stored.SELECTIVE.toBuilder()
            .setRule(Policy.Rule.PERCENTILE)
            .setHistorySize(64)
            .build();

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    private Wires wires;

    @BeforeEach
    void open() {
        wires = new Wires(bootstrapServers, "backprop-masks", PARTITION);
    }

    @AfterEach
    void close() {
        wires.close();
    }

    private long openAttempt(String run) {
        return openAttempt(PARTITION, run);
    }

    private long openAttempt(int partition, String run) {
        return send(
                partition,
                run,
                0,
                LossMessage.newBuilder()
                        .setAttemptOpened(AttemptOpened.newBuilder()
                                .setDataset(DatasetIdentity.newBuilder().setCount(100))
                                .setSeed(7)
                                .setEpochs(2)
                                .setBatchSize(32)));
    }

    private long send(String run, long attempt, LossMessage.Builder message) {
        return send(PARTITION, run, attempt, message);
    }

    private long send(int partition, String run, long attempt, LossMessage.Builder message) {
        return wires.send(
                "batch-losses",
                partition,
                run,
                message.setRunId(run).setAttempt(attempt).build().toByteArray());
    }

    /** The first 96 examples in 3 batches, the higher the index the higher the loss. */
    private void epoch(String run, long attempt, int epoch, Policy policy, boolean withLosses) {
        LossMessage.Builder opened = LossMessage.newBuilder();
        opened.getEpochOpenedBuilder().setEpoch(epoch).setRevision(0).setPolicy(policy);
        send(run, attempt, opened);
        for (int batch = 0; batch < 3; batch++) {
            BatchLosses.Builder losses =
                    BatchLosses.newBuilder().setEpoch(epoch).setBatch(batch);
            IntStream.range(32 * batch, 32 * batch + 32).forEach(losses::addIndices);
            if (withLosses) {
                losses.getIndicesList().forEach(index -> losses.addLosses(index * .02f));
            }
            send(run, attempt, LossMessage.newBuilder().setBatchLosses(losses));
        }
    }

    private void finish(String run, long attempt) {
        send(run, attempt, LossMessage.newBuilder().setAttemptClosed(AttemptClosed.getDefaultInstance()));
    }

    private static ValidatableResponse tryDry(String run, String policy) {
        return given().contentType("application/json")
                .body(("{'policy':" + policy + "}").replace('\'', '"'))
                .post("/runs/" + run + "/policy/dry-run")
                .then();
    }

    @Test
    void reportsUsageLossesAndDryRuns() {
        // Given
        Stored.run(wires, "reported", Run.State.RUNNING);
        long attempt = openAttempt("reported");
        epoch("reported", attempt, 1, PERCENTILE, true);
        epoch("reported", attempt, 2, PERCENTILE, true);

        // When
        finish("reported", attempt);

        // Then
        await().until(() -> get("/runs/reported/usage").statusCode() == 200
                && get("/runs/reported/usage").<Integer>path("batch") == 3);
        var usage = get("/runs/reported/usage?least=4&most=2")
                .then()
                .statusCode(200)
                .body("examples", equalTo(100), "epoch", equalTo(2), "least", hasSize(4), "most", hasSize(2))
                .body("most.times", equalTo(List.of(2, 2)))
                .extract();
        assertThat(usage.<Map<String, Integer>>path("histogram").values().stream()
                        .mapToInt(count -> count)
                        .sum())
                .isEqualTo(100);
        assertThat(usage.<Integer>path("histogram.'0'")).isGreaterThanOrEqualTo(4);
        List<Integer> times = get("/runs/reported/usage/times").path("times");
        assertThat(times).hasSize(100).endsWith(0, 0, 0, 0);
        assertThat(times.get(usage.<Integer>path("most[0].index"))).isEqualTo(2);
        get("/runs/reported/losses")
                .then()
                .statusCode(200)
                .body("epochs", hasSize(2), "epochs.announced", equalTo(List.of(96, 96)))
                .body("epochs[0].losses.seen.sum()", equalTo(96))
                .body("epochs[0].kept", equalTo(100));
        tryDry("reported", "{'kind':'selective','rule':'percentile','historySize':64}")
                .statusCode(200)
                .body("batches", hasSize(6), "all.jaccard", equalTo(1f), "all.examples", equalTo(192));
        tryDry("reported", "{'kind':'baseline'}")
                .statusCode(200)
                .body("all.shareKept", equalTo(1f), "all.stillKept", equalTo(1f), "all.passes", equalTo(1f));
        get("/runs/reported/cost").then().statusCode(200).body("epochs", hasSize(0), "total.passes", equalTo(0f));
    }

    @Test
    void reportsEveryRunEvenIfMoreAreDueThanFitInASecond() {
        // Given: on each partition six runs, of which the first partitions' alone would be enough to tell of.
        Map<String, Long> attempts = new TreeMap<>();
        for (int i = 0; i < 48; i++) {
            String run = "crowd-" + i;
            Stored.run(wires, run, Run.State.RUNNING);
            long attempt = openAttempt(i % 8, run);
            attempts.put(run, attempt);
            LossMessage.Builder epoch = LossMessage.newBuilder();
            epoch.getEpochOpenedBuilder()
                    .setEpoch(1)
                    .setPolicy(PERCENTILE.toBuilder().setKeep(1));
            send(i % 8, run, attempt, epoch);
        }
        Set<String> untold = new TreeSet<>(attempts.keySet());
        AtomicInteger batch = new AtomicInteger();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(300))
                .until(() -> {
                    // When: there is always more to tell of each
                    attempts.forEach((run, attempt) -> {
                        BatchLosses.Builder losses = BatchLosses.newBuilder()
                                .setEpoch(1)
                                .setBatch(batch.get())
                                .addIndices(1)
                                .addLosses(1)
                                .setPolicy(PERCENTILE.toBuilder().setKeep(1));
                        send(
                                Integer.parseInt(run.substring(6)) % 8,
                                run,
                                attempt,
                                LossMessage.newBuilder().setBatchLosses(losses));
                    });
                    batch.incrementAndGet();
                    // Then
                    untold.removeIf(run -> get("/runs/" + run + "/losses").statusCode() == 200);
                    return untold.isEmpty();
                });
    }

    @Test
    void explainsWhyThereIsNoReport() {
        Stored.run(wires, "silent", Run.State.RUNNING);
        get("/runs/silent/usage").then().statusCode(404).body("detail", containsString("its first epoch is not over"));
        get("/runs/silent/losses")
                .then()
                .statusCode(404)
                .body("detail", containsString("there is no report of run silent"));
        tryDry("silent", "{'kind':'baseline'}").statusCode(404);
        get("/runs/nobody/usage/times").then().statusCode(404).body("detail", equalTo("there is no run nobody"));
        get("/runs/nobody/usage").then().statusCode(404).body("detail", equalTo("there is no run nobody"));
        get("/runs/nobody/losses").then().statusCode(404);
        get("/runs/nobody/cost").then().statusCode(404);
        tryDry("nobody", "{'kind':'baseline'}").statusCode(404);
        get("/runs/silent/usage?least=1001")
                .then()
                .statusCode(400)
                .body("detail", equalTo("least is 1001, allowed is [0, 1000]"));
        tryDry("silent", "{'kind':'random','keep':2}").statusCode(400).body("detail", containsString("keep is 2"));

        Stored.run(wires, "lossless", Run.State.RUNNING);
        long attempt = openAttempt("lossless");
        epoch(
                "lossless",
                attempt,
                1,
                PERCENTILE.toBuilder().setKind(Policy.Kind.RANDOM).build(),
                false);
        finish("lossless", attempt);
        await().until(() -> get("/runs/lossless/losses").statusCode() == 200);
        tryDry("lossless", "{'kind':'selective'}")
                .statusCode(409)
                .body("detail", containsString("3 of the last 3 batches"));
    }
}
