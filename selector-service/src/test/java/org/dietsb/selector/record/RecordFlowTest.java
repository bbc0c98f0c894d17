package org.dietsb.selector.record;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Masks from a run to its record, to another run, to a file and back, by way of the broker. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class RecordFlowTest {
    private static final int PARTITION = 6;
    private static final int EXAMPLES = 100;
    private static final Policy HALF_OF_A_DIET = Stored.SELECTIVE.toBuilder()
            .setKind(Policy.Kind.DIET_SELECTIVE)
            .setPrePruned(.25)
            .setOrder(Policy.DietOrder.RANDOM_ORDER)
            .build();

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    private Wires wires;

    @BeforeEach
    void open() {
        Callers.mayWrite();
        wires = new Wires(bootstrapServers, "backprop-masks", PARTITION);
    }

    @AfterEach
    void close() {
        wires.close();
    }

    /** A run that is on; batches of its own size, in its own order. */
    private final class Trainer {
        final String run;
        final int size;
        final Random order;
        final long attempt;
        int revision = -1;

        Trainer(String run, int epochs, int size, String fingerprint) {
            this.run = run;
            this.size = size;
            this.order = new Random(run.hashCode());
            AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                    .setModel("model-of-" + run)
                    .setSeed(run.hashCode())
                    .setEpochs(epochs)
                    .setBatchSize(size);
            opened.getDatasetBuilder().setName("hundred").setCount(EXAMPLES).setChecksum(fingerprint);
            attempt = send(0, LossMessage.newBuilder().setAttemptOpened(opened));
        }

        long send(long of, LossMessage.Builder message) {
            return wires.send(
                    "batch-losses",
                    PARTITION,
                    run,
                    message.setRunId(run).setAttempt(of).build().toByteArray());
        }

        MaskMessage answer() throws InvalidProtocolBufferException {
            return MaskMessage.parseFrom(wires.next().value());
        }

        MaskMessage open(int epoch, Policy policy) throws InvalidProtocolBufferException {
            LossMessage.Builder opened = LossMessage.newBuilder();
            opened.getEpochOpenedBuilder()
                    .setEpoch(epoch)
                    .setRevision(++revision)
                    .setPolicy(policy);
            send(attempt, opened);
            return answer();
        }

        /** What the masks of an epoch select, by index. */
        BitSet epoch(int epoch, Policy policy, boolean withLosses) throws InvalidProtocolBufferException {
            MaskMessage mask = open(epoch, policy);
            assertThat(mask.hasEpochMask()).as(mask.toString()).isTrue();
            List<Integer> left = new ArrayList<>();
            BitSet kept = BitSet.valueOf(mask.getEpochMask().getKept().toByteArray());
            IntStream.range(0, EXAMPLES)
                    .filter(index -> mask.getEpochMask().getKept().isEmpty() || kept.get(index))
                    .forEach(left::add);
            Collections.shuffle(left, order);
            BitSet selected = new BitSet();
            for (int first = 0, batch = 0; first < left.size(); first += size, batch++) {
                BatchLosses.Builder losses = BatchLosses.newBuilder()
                        .setEpoch(epoch)
                        .setBatch(batch)
                        .setRevision(revision)
                        .addAllIndices(left.subList(first, Math.min(left.size(), first + size)));
                if (withLosses) {
                    losses.getIndicesList().forEach(index -> losses.addLosses(order.nextFloat()));
                }
                send(attempt, LossMessage.newBuilder().setBatchLosses(losses));
                BitSet places =
                        BitSet.valueOf(answer().getBatchMask().getSelected().toByteArray());
                places.stream().map(losses::getIndices).forEach(selected::set);
            }
            return selected;
        }

        void close(String reason) {
            LossMessage.Builder closed = LossMessage.newBuilder();
            closed.getAttemptClosedBuilder().setReason(reason).setAccuracy(.75);
            send(attempt, closed);
        }
    }

    private static Policy replay(String of) {
        return Stored.SELECTIVE.toBuilder()
                .setKind(Policy.Kind.REPLAY)
                .setOf(of)
                .build();
    }

    private static Policy like(String of) {
        return replay(of).toBuilder().setKind(Policy.Kind.RANDOM_LIKE).build();
    }

    /** Records a run of two epochs under a diet; returns the selection of each. */
    private List<BitSet> recorded(String run) throws InvalidProtocolBufferException {
        Trainer source = new Trainer(run, 2, 16, "hundred-images");
        List<BitSet> selected = List.of(source.epoch(1, HALF_OF_A_DIET, true), source.epoch(2, HALF_OF_A_DIET, true));
        source.close("completed");
        await().until(() -> get("/mask-records/" + run).statusCode() == 200
                && get("/mask-records/" + run).<Boolean>path("whole"));
        return selected;
    }

    private static ValidatableResponse put(String path, String body) {
        return given().contentType("application/json").body(body).put(path).then();
    }

    @Test
    void replaysByEpochAndIndexIndependentOfTheBatches() throws Exception {
        // Given
        List<BitSet> selected = recorded("source");
        assertThat(selected.get(0)).isNotEqualTo(selected.get(1));

        // When
        Trainer same = new Trainer("same-length", 2, 7, "hundred-images");
        List<BitSet> again = List.of(same.epoch(1, replay("source"), false), same.epoch(2, replay("source"), false));
        Trainer twice = new Trainer("twice-as-long", 4, 33, "hundred-images");
        List<BitSet> stretched = new ArrayList<>();
        for (int epoch = 1; epoch <= 4; epoch++) {
            stretched.add(twice.epoch(epoch, replay("source"), false));
        }

        // Then
        assertThat(again).isEqualTo(selected);
        assertThat(stretched).containsExactly(selected.get(0), selected.get(0), selected.get(1), selected.get(1));
        Trainer dieted = new Trainer("dieted", 2, 16, "hundred-images");
        assertThat(dieted.open(1, replay("source")).getEpochMask().getKeptCount())
                .as("the diet is honoured")
                .isEqualTo(75);
        get("/mask-records/source")
                .then()
                .statusCode(200)
                .body("dataset", equalTo("hundred"), "examples", equalTo(EXAMPLES), "model", equalTo("model-of-source"))
                .body("accuracy", equalTo(.75f), "batchSize", equalTo(16), "epochs", hasSize(2))
                .body("policy.kind", equalTo("diet-selective"), "epochs[0].kept", equalTo(75))
                .body("epochs[0].selected", equalTo(selected.get(0).cardinality()));
        get("/mask-records").then().statusCode(200).body("runId", hasItem("source"));
        assertThat(BitSet.valueOf(Base64.getDecoder()
                        .decode(get("/mask-records/source/epochs/2").<String>path("selected"))))
                .isEqualTo(selected.get(1));
    }

    @Test
    void drawsAsManyAsTheRecordAtRandom() throws Exception {
        List<BitSet> selected = recorded("counted");
        Trainer control = new Trainer("its-control", 2, 16, "hundred-images");
        for (int epoch = 1; epoch <= 2; epoch++) {
            BitSet drawn = control.epoch(epoch, like("counted"), false);
            BitSet recorded = selected.get(epoch - 1);
            assertThat(drawn.cardinality()).isEqualTo(recorded.cardinality());
            assertThat(drawn).isNotEqualTo(recorded);
        }
        Trainer again = new Trainer("another-control", 2, 16, "hundred-images");
        assertThat(again.open(1, like("counted")).getEpochMask().getKeptCount()).isEqualTo(75);
    }

    @Test
    void countsOfWeightedRunsServeThoughTheirMasksDoNot() throws Exception {
        Policy weighted =
                Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.REPB).setEnd(1).build();
        Trainer source = new Trainer("weighted", 1, 16, "hundred-images");
        source.epoch(1, weighted, false);
        source.close("completed");
        await().until(() -> get("/mask-records/weighted").path("checksum") != null);
        get("/mask-records/weighted").then().body("whole", equalTo(false), "missing", containsString("had weights"));

        Trainer control = new Trainer("control-of-weighted", 1, 16, "hundred-images");
        assertThat(control.open(1, replay("weighted")).getRefused().getReason()).contains("had weights");
        assertThat(control.epoch(1, like("weighted"), false).cardinality()).isEqualTo(EXAMPLES);
        put("/policies/default", "{\"kind\": \"replay\", \"of\": \"weighted\"}")
                .statusCode(400)
                .body("detail", containsString("had weights"));
    }

    @Test
    void refusesMissingPartialAndForeignRecordsWithTheReason() throws Exception {
        recorded("refused");
        Trainer foreign = new Trainer("foreign", 2, 16, "other-images");
        assertThat(foreign.open(1, replay("refused")).getRefused().getReason())
                .isEqualTo("the masks of run refused are of another dataset than this run's: of hundred, 100 examples,"
                        + " fingerprint hundred-images");
        assertThat(foreign.open(1, replay("nobody")).getRefused().getReason())
                .isEqualTo("the masks of run nobody are not recorded");
        assertThat(foreign.open(1, replay("refused@0123456789abcdef"))
                        .getRefused()
                        .getReason())
                .startsWith("the masks of run refused are of another dataset");

        Trainer source = new Trainer("partial", 3, 16, "hundred-images");
        source.epoch(1, HALF_OF_A_DIET, true);
        Trainer early = new Trainer("early", 3, 16, "hundred-images");
        assertThat(early.open(1, replay("partial")).getRefused().getReason())
                .isEqualTo("the masks of run partial are not recorded");
        source.epoch(2, HALF_OF_A_DIET, true);
        source.close("cancelled");
        await().untilAsserted(() -> get("/mask-records/partial")
                .then()
                .statusCode(200)
                .body("missing", equalTo("the record of run partial is partial: the run ended in epoch 2: cancelled")));
        assertThat(early.open(1, replay("partial")).getRefused().getReason())
                .isEqualTo("the record of run partial is partial: the run ended in epoch 2: cancelled");
        assertThat(early.open(1, replay("refused@0123456789abcdef"))
                        .getRefused()
                        .getReason())
                .startsWith("the masks of refused@0123456789abcdef are no longer recorded: run refused has others");

        Trainer middle = new Trainer("middle", 2, 16, "hundred-images");
        BitSet ofMiddle = middle.epoch(1, HALF_OF_A_DIET, true);
        LossMessage.Builder swapped = LossMessage.newBuilder();
        swapped.getBatchLossesBuilder()
                .setEpoch(1)
                .setBatch(9)
                .setRevision(99)
                .setPolicy(replay("nobody"))
                .addIndices(ofMiddle.nextSetBit(0));
        middle.send(middle.attempt, swapped);
        assertThat(middle.answer().getRefused().getReason()).isEqualTo("the masks of run nobody are not recorded");
        get("/mask-records/nobody").then().statusCode(404);
        get("/mask-records/refused/epochs/3").then().statusCode(404);
    }

    @Test
    void swapsToExactlyTheNamedRecord() throws Exception {
        recorded("swapped");
        String checksum = get("/mask-records/swapped").path("checksum");
        Stored.run(wires, "other-images", Run.State.RUNNING);
        put("/runs/other-images/policy", "{\"kind\": \"replay\", \"of\": \"swapped\"}")
                .statusCode(400)
                .body("detail", containsString("of another dataset"));
        put("/runs/other-images/policy", "{\"kind\": \"replay\", \"of\": \"nobody\"}")
                .statusCode(400)
                .body("detail", equalTo("of: the masks of run nobody are not recorded"));
        put("/runs/other-images/policy", "{\"kind\": \"replay\"}")
                .statusCode(400)
                .body("detail", containsString("of is missing"));
        put("/policies/default", "{\"kind\": \"replay\", \"of\": \"swapped\"}")
                .statusCode(200)
                .body("policy.of", equalTo("swapped@" + checksum));
        put("/policies/default", "{\"kind\": \"baseline\"}").statusCode(200);
    }

    @Test
    void importsMasksThatWereRecordedElsewhere() throws Exception {
        List<BitSet> selected = recorded("exported");
        String record = get("/mask-records/exported").asString();
        String one = get("/mask-records/exported/epochs/1").asString();
        String two = get("/mask-records/exported/epochs/2").asString();
        String checksum = get("/mask-records/exported").path("checksum");
        String given =
                "{\"dataset\": \"hundred\", \"examples\": 100, \"fingerprint\": \"hundred-images\", \"model\": \"m\","
                        + " \"seed\": 3, \"batchSize\": 16, \"epochs\": 2, \"accuracy\": 0.75, \"checksum\": \""
                        + checksum + "\"}";

        put("/mask-records/imported/epochs/1", one).statusCode(204);
        put("/mask-records/imported", given)
                .statusCode(400)
                .body("detail", equalTo("the record of run imported is partial: epoch 2 of 2 is not there"));
        put("/mask-records/imported/epochs/2", one).statusCode(204);
        put("/mask-records/imported", given)
                .statusCode(400)
                .body("detail", containsString("allowed is that of the epochs that were given"));
        put("/mask-records/imported/epochs/2", "{\"selected\": \"*\"}").statusCode(400);
        put("/mask-records/imported/epochs/2", two).statusCode(204);
        put("/mask-records/imported", given).statusCode(200).body("whole", equalTo(true));
        put("/mask-records/imported/epochs/2", one).statusCode(409);
        put("/mask-records/Imported", given).statusCode(400);

        assertThat(record).contains(checksum);
        Trainer replays = new Trainer("of-a-file", 2, 10, "hundred-images");
        assertThat(List.of(
                        replays.epoch(1, replay("imported@" + checksum), false),
                        replays.epoch(2, replay("imported@" + checksum), false)))
                .isEqualTo(selected);
    }
}
