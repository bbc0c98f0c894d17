package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.TrainedLosses;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class MaskFlowTest {
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final int PARTITION = 5;
    private static final DatasetIdentity THOUSAND = DatasetIdentity.newBuilder()
            .setName("thousand")
            .setCount(1000)
            .setChecksum("thousand-images")
            .build();
    private static final Policy RANDOM = Stored.SELECTIVE.toBuilder()
            .setKind(Policy.Kind.RANDOM)
            .setKeep(.25)
            .build();

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    private final String run = "flow-" + RUNS.incrementAndGet();
    private Wires wires;

    @BeforeEach
    void open() {
        wires = new Wires(bootstrapServers, "backprop-masks", PARTITION);
    }

    @AfterEach
    void close() {
        wires.close();
    }

    @Test
    void judgesEachBatchByTheRevisionThatItNames() {
        long attempt = openAttempt(THOUSAND);
        send(attempt, epoch(1, 0, RANDOM));
        assertThat(next(attempt).getEpochMask()).satisfies(mask -> {
            assertThat(mask.getEpoch()).isEqualTo(1);
            assertThat(mask.getKept().isEmpty()).isTrue();
            assertThat(mask.getKeptCount()).isEqualTo(1000);
        });

        send(attempt, batch(0, 0, 128, false, null));
        assertThat(selected(next(attempt), 0, 0).cardinality()).isEqualTo(32);

        send(attempt, batch(1, 1, 128, true, Stored.SELECTIVE));
        BitSet selective = selected(next(attempt), 1, 1);
        assertThat(selective.cardinality()).isEqualTo(64);
        assertThat(selective.stream().average().orElseThrow())
                .as("mean place, where losses grow with the place")
                .isGreaterThan(70);

        send(attempt, batch(2, 1, 37, true, null));
        assertThat(selected(next(attempt), 2, 1).cardinality()).isEqualTo(19);

        send(attempt, batch(3, 1, 128, true, null).setWhole(true));
        assertThat(selected(next(attempt), 3, 1).cardinality()).isEqualTo(128);

        send(attempt, batch(4, 1, 128, false, null));
        assertThat(selected(next(attempt), 4, 1).cardinality())
                .as("a trainer that goes on alone sends no losses")
                .isEqualTo(128);

        send(attempt, batch(5, 0, 128, false, null));
        assertThat(selected(next(attempt), 5, 0).cardinality()).isEqualTo(32);
    }

    @Test
    void judgesByThePolicyOfAnOrderEvenBelowTheGuardRails() {
        // Given: half of the minimum that the guard rails allow for a swap.
        long attempt = openAttempt(THOUSAND, 1_000);
        send(attempt, epoch(1, 0, RANDOM.toBuilder().setKeep(.005).build()));
        assertThat(next(attempt).getEpochMask().getKeptCount()).isEqualTo(1000);
        send(attempt, batch(0, 0, 1000, false, null));
        assertThat(selected(next(attempt), 0, 0).cardinality()).isEqualTo(5);
    }

    @Test
    void judgesByTheLossesOfAnEarlierEpochIfABatchHasNone() {
        // Given: 128 examples with losses, of which the second half is the harder.
        Policy stale = Stored.SELECTIVE.toBuilder().setLossesEvery(3).build();
        long attempt = openAttempt(THOUSAND, 1_000);
        send(attempt, epoch(1, 0, stale));
        assertThat(next(attempt).hasEpochMask()).isTrue();
        send(attempt, batch(0, 0, 128, true, null));
        assertThat(selected(next(attempt), 0, 0).cardinality()).isEqualTo(64);

        // When: they come without losses in the next epoch, with 10 that never had any.
        send(attempt, EpochOpened.newBuilder().setEpoch(2));
        assertThat(next(attempt).hasEpochMask()).isTrue();
        BatchLosses.Builder again = batch(0, 0, 128, false, null).setEpoch(2);
        IntStream.range(500, 510).forEach(again::addIndices);
        send(attempt, again);

        // Then
        BitSet judged = selected(next(attempt), 0, 0);
        assertThat(judged.get(128, 138).cardinality())
                .as("what has no loss is selected")
                .isEqualTo(10);
        assertThat(judged.cardinality()).isEqualTo(64 + 10);
        assertThat(judged.get(0, 128).stream().average().orElseThrow())
                .as("mean place, where losses grow with the place")
                .isGreaterThan(70);
    }

    @Test
    void opensAnInfoBatchEpochByTheLossesOfEarlierSteps() {
        // Given
        Policy infoBatch = Policy.newBuilder()
                .setKind(Policy.Kind.INFOBATCH)
                .setKeep(.5)
                .setEnd(.875)
                .build();
        long attempt = openAttempt(THOUSAND);
        send(attempt, epoch(1, 0, infoBatch));
        assertThat(next(attempt).getEpochMask()).satisfies(mask -> {
            assertThat(mask.getKeptCount()).isEqualTo(1000);
            assertThat(mask.getKept().isEmpty()).isTrue();
        });
        send(attempt, batch(0, 0, 128, false, null));
        assertThat(selected(next(attempt), 0, 0).cardinality()).isEqualTo(128);

        // When: half of 128 examples have a loss below their mean.
        TrainedLosses.Builder trained = TrainedLosses.newBuilder().setEpoch(1);
        IntStream.range(0, 128).forEach(i -> trained.addIndices(i).addLosses(i < 64 ? .5f : 1.5f));
        send(attempt, LossMessage.newBuilder().setTrainedLosses(trained));
        send(attempt, EpochOpened.newBuilder().setEpoch(2));
        EpochMask pruned = next(attempt).getEpochMask();
        send(attempt, EpochOpened.newBuilder().setEpoch(3).setWhole(true));
        EpochMask whole = next(attempt).getEpochMask();

        // Then
        assertThat(pruned.getKeptCount()).isEqualTo(1000 - 32);
        BitSet kept = BitSet.valueOf(pruned.getKept().toByteArray());
        assertThat(kept.cardinality()).isEqualTo(1000 - 32);
        assertThat(kept.nextClearBit(64))
                .as("nothing above the mean is left out")
                .isEqualTo(1000);
        assertThat(BitSet.valueOf(pruned.getWeighted().toByteArray())).isEqualTo(kept.get(0, 64));
        assertThat(pruned.getWeight()).isEqualTo(2);
        assertThat(whole.getKeptCount()).isEqualTo(1000);
        assertThat(whole.getWeighted().isEmpty()).isTrue();
    }

    @Test
    void rePBDropsExamplesBelowTheMeanOfTheirStepAndWeighsByEpochsOverTimesTrained() {
        // Given: two steps; the mean of the second lies below all losses of the first.
        Policy rePB = Policy.newBuilder()
                .setKind(Policy.Kind.REPB)
                .setKeep(.5)
                .setEnd(1)
                .build();
        long attempt = openAttempt(THOUSAND);
        send(attempt, epoch(1, 0, rePB));
        assertThat(next(attempt).getEpochMask().getKeptCount()).isEqualTo(1000);
        send(attempt, batch(0, 0, 128, false, null));
        assertThat(next(attempt).getBatchMask().getWeightsCount())
                .as("all have been trained in each epoch")
                .isEqualTo(0);
        for (int step = 0; step < 2; step++) {
            TrainedLosses.Builder trained = TrainedLosses.newBuilder().setEpoch(1);
            for (int i = 0; i < 64; i++) {
                trained.addIndices(64 * step + i).addLosses((i < 32 ? .5f : 1.5f) / (1 + 9 * step));
            }
            send(attempt, LossMessage.newBuilder().setTrainedLosses(trained));
        }

        // When
        send(attempt, EpochOpened.newBuilder().setEpoch(2));
        BitSet kept = BitSet.valueOf(next(attempt).getEpochMask().getKept().toByteArray());
        send(attempt, EpochOpened.newBuilder().setEpoch(3).setWhole(true));
        EpochMask whole = next(attempt).getEpochMask();
        send(attempt, batch(0, 0, 128, false, null).setEpoch(3));
        BatchMask mask = next(attempt).getBatchMask();

        // Then: of 2 x 32 below the mean of their own step half are left out.
        assertThat(kept.cardinality()).isEqualTo(1000 - 32);
        assertThat(kept.get(32, 64).cardinality() + kept.get(96, 1000).cardinality())
                .as("nothing above the mean of its step is left out")
                .isEqualTo(32 + 904);
        assertThat(whole.getKeptCount()).isEqualTo(1000);
        assertThat(mask.getWeightsList())
                .as("the third epoch, and the second one in which a batch had them")
                .hasSize(128)
                .containsOnly(1.5f);
    }

    @Test
    void answersAnotherAttemptOfTheSameSeedWithTheSameMasks() {
        Policy percentile =
                Stored.SELECTIVE.toBuilder().setRule(Policy.Rule.PERCENTILE).build();
        BitSet[] first = masksOf(openAttempt(THOUSAND), percentile);
        BitSet[] second = masksOf(openAttempt(THOUSAND), percentile);
        assertThat(second).isEqualTo(first);
        assertThat(first[0]).isNotEqualTo(first[1]);
    }

    private BitSet[] masksOf(long attempt, Policy policy) {
        BitSet[] masks = new BitSet[3];
        send(attempt, epoch(1, 0, policy));
        assertThat(next(attempt).hasEpochMask()).isTrue();
        for (int b = 0; b < masks.length; b++) {
            send(attempt, batch(b, 0, 64, true, null));
            masks[b] = selected(next(attempt), b, 0);
        }
        return masks;
    }

    @Test
    void fencesALowerAttemptEvenAfterTheHigherHasClosed() {
        long lower = openAttempt(THOUSAND);
        long higher = openAttempt(THOUSAND);
        send(lower, epoch(1, 0, RANDOM));
        assertThat(next(lower).getFenced().getByAttempt()).isEqualTo(higher);
        send(higher, epoch(1, 0, RANDOM));
        assertThat(next(higher).hasEpochMask()).isTrue();
        send(
                higher,
                LossMessage.newBuilder()
                        .setAttemptClosed(AttemptClosed.newBuilder().setReason("completed")));
        send(lower, batch(0, 0, 8, false, null));
        assertThat(next(lower).getFenced().getByAttempt()).isEqualTo(higher);
    }

    @Test
    void answersUnknownToAnAttemptThatWasNeverOpened() {
        send(7, batch(0, 0, 8, false, null));
        assertThat(next(7).hasUnknown()).isTrue();
        long attempt = openAttempt(THOUSAND);
        send(attempt + 1_000, batch(0, 0, 8, false, null));
        assertThat(next(attempt + 1_000).hasUnknown()).isTrue();
        send(attempt, LossMessage.newBuilder().setAttemptClosed(AttemptClosed.getDefaultInstance()));
        send(attempt, batch(0, 0, 8, false, null));
        assertThat(next(attempt).hasUnknown()).isTrue();
    }

    @Test
    void sendsPoisonToTheDeadLetterTopicAndRefusesItWithItsReasonAndContinues() {
        try (Wires letters = new Wires(bootstrapServers, "dead-letters", 0)) {
            long attempt = openAttempt(THOUSAND);
            send(attempt, epoch(1, 0, Stored.SELECTIVE));
            assertThat(next(attempt).hasEpochMask()).isTrue();
            send(attempt, batch(0, 0, 4, true, null));
            assertThat(next(attempt).hasBatchMask()).isTrue();

            wires.send("batch-losses", PARTITION, run, "no protobuf".getBytes(StandardCharsets.UTF_8));
            assertThat(reason(letters)).isNotEmpty();
            assertThat(refused(0)).isNotEmpty();
            wires.send("batch-losses", PARTITION, run, new byte[0]);
            assertThat(reason(letters)).startsWith("run_id is ''");
            assertThat(refused(0)).startsWith("run_id is ''");
            send(attempt, losses(batch(1, 0, 4, false, null), 1, 2));
            assertThat(reason(letters)).isEqualTo("losses has 2 numbers for 4 indices, allowed are as many, or none");
            assertThat(refused(attempt))
                    .endsWith(": " + "losses has 2 numbers for 4 indices, allowed are as many, or none");
            send(attempt, losses(batch(1, 0, 2, false, null), 1, Float.NaN));
            assertThat(reason(letters)).isEqualTo("losses[1] is NaN, allowed is 0 or more, and finite");
            assertThat(refused(attempt)).endsWith(": " + "losses[1] is NaN, allowed is 0 or more, and finite");
            send(attempt, losses(batch(1, 0, 2, false, null), -1, 2));
            assertThat(reason(letters)).isEqualTo("losses[0] is -1, allowed is 0 or more, and finite");
            assertThat(refused(attempt)).endsWith(": " + "losses[0] is -1, allowed is 0 or more, and finite");
            send(attempt, batch(1, 0, 0, false, null));
            assertThat(reason(letters)).isEqualTo("indices has 0 examples, allowed is [1, 128], batch_size");
            assertThat(refused(attempt)).endsWith(": " + "indices has 0 examples, allowed is [1, 128], batch_size");
            send(attempt, batch(1, 0, 1, false, null).setIndices(0, 1000));
            assertThat(reason(letters)).isEqualTo("indices[0] is 1000, allowed is [0, 1000), the training set");
            assertThat(refused(attempt)).endsWith(": " + "indices[0] is 1000, allowed is [0, 1000), the training set");
            send(attempt, batch(1, 9, 4, true, null));
            assertThat(reason(letters))
                    .isEqualTo(
                            "revision is 9, which came without its policy: the first message of a revision carries it");
            assertThat(refused(attempt))
                    .endsWith(
                            ": "
                                    + "revision is 9, which came without its policy: the first message of a revision carries it");
            send(attempt, batch(1, 9, 4, true, RANDOM.toBuilder().setKeep(7).build()));
            assertThat(reason(letters)).isEqualTo("keep is 7, allowed is (0, 1]");
            assertThat(refused(attempt)).endsWith(": " + "keep is 7, allowed is (0, 1]");
            long uncounted = openAttempt(DatasetIdentity.getDefaultInstance());
            assertThat(reason(letters)).startsWith("dataset.count is 0, allowed is [1, ");
            assertThat(next(uncounted).getRefused().getReason()).startsWith("dataset.count is 0, allowed is [1, ");

            assertThat(wires.isSilent()).isTrue();
            send(attempt, batch(1, 0, 4, true, null));
            assertThat(selected(next(attempt), 1, 0).cardinality()).isEqualTo(2);
            assertThat(Callers.managed("/q/metrics").asString())
                    .containsPattern("dietsb_dead_letters_total\\{[^}]*} [1-9]");
        }
    }

    @Test
    void opensAnEpochWithTheExamplesThatTheDietLeaves() {
        Stored.scoreSet(wires, run + "-scores", Stored.EIGHT, Stored.checksum());
        long attempt = openAttempt(Stored.EIGHT);
        send(attempt, epoch(1, 0, diet(run + "-scores")));
        assertThat(next(attempt).getEpochMask()).satisfies(mask -> {
            assertThat(mask.getKeptCount()).isEqualTo(6);
            assertThat(mask.getKept().toByteArray()).containsExactly(0b0111_1101);
        });
    }

    @Test
    void aDietByTheRunsOwnFirstEpochsBeginsAfterThem() {
        // Given
        long attempt = openAttempt(Stored.EIGHT);
        send(attempt, epoch(1, 0, diet("own:2")));
        assertThat(next(attempt).getEpochMask().getKeptCount()).isEqualTo(8);
        send(attempt, EpochOpened.newBuilder().setEpoch(2));
        assertThat(next(attempt).getEpochMask().getKeptCount()).isEqualTo(8);

        // When: the trainer has published the error norms of its first two epochs.
        Stored.scoreSet(wires, run + ".own", Stored.EIGHT, Stored.checksum());
        send(attempt, EpochOpened.newBuilder().setEpoch(3));

        // Then: the same as by any score set.
        EpochMask own = next(attempt).getEpochMask();
        send(attempt, epoch(3, 1, diet(run + ".own")));
        assertThat(own.getKeptCount()).isEqualTo(6);
        assertThat(own.getKept()).isEqualTo(next(attempt).getEpochMask().getKept());
    }

    @Test
    void refusesADietWhoseScoresAreMissing() {
        Stored.requested(wires, run + "-unfinished");
        Stored.failed(wires, run + "-failed", "member 1 failed");
        Stored.scoreSet(wires, run + "-damaged", Stored.EIGHT, "other");
        Stored.scoreSet(wires, run + "-elsewhere", THOUSAND, Stored.checksum());
        long attempt = openAttempt(Stored.EIGHT);
        assertThat(refusal(attempt, diet(run + "-none"))).isEqualTo("score set " + run + "-none is unknown");
        assertThat(refusal(attempt, diet(run + "-unfinished")))
                .isEqualTo("score set " + run + "-unfinished is not finished");
        assertThat(refusal(attempt, diet(run + "-failed")))
                .isEqualTo("score set " + run + "-failed failed: member 1 failed");
        assertThat(refusal(attempt, diet(run + "-damaged"))).contains("is damaged");
        assertThat(refusal(attempt, diet(run + "-elsewhere"))).contains("is of another dataset");
    }

    @Test
    void refusesAHistoryShorterThanTheBatch() {
        long attempt = openAttempt(THOUSAND);
        assertThat(refusal(
                        attempt,
                        Stored.SELECTIVE.toBuilder()
                                .setRule(Policy.Rule.PERCENTILE)
                                .setHistorySize(127)
                                .build()))
                .isEqualTo("historySize is 127, allowed is at least the batch size, 128");
    }

    private String refused(long attempt) {
        return next(attempt).getRefused().getReason();
    }

    private int revisions;

    private String refusal(long attempt, Policy policy) {
        send(attempt, epoch(1, revisions++, policy));
        MaskMessage answer = next(attempt);
        assertThat(answer.hasRefused()).as("%s", answer).isTrue();
        return answer.getRefused().getReason();
    }

    private static Policy diet(String scoreSet) {
        return Stored.SELECTIVE.toBuilder()
                .setKind(Policy.Kind.DIET_SELECTIVE)
                .setPrePruned(.25)
                .setScoreSet(scoreSet)
                .build();
    }

    private long openAttempt(DatasetIdentity dataset) {
        return openAttempt(dataset, 128);
    }

    private long openAttempt(DatasetIdentity dataset, int batchSize) {
        return send(
                0,
                LossMessage.newBuilder()
                        .setAttemptOpened(AttemptOpened.newBuilder()
                                .setDataset(dataset)
                                .setSeed(7)
                                .setEpochs(3)
                                .setBatchSize(batchSize)
                                .setWindow(4)));
    }

    private static EpochOpened.Builder epoch(int epoch, long revision, Policy policy) {
        return EpochOpened.newBuilder().setEpoch(epoch).setRevision(revision).setPolicy(policy);
    }

    private static BatchLosses.Builder batch(
            int batch, long revision, int size, boolean withLosses, @Nullable Policy policy) {
        BatchLosses.Builder losses =
                BatchLosses.newBuilder().setEpoch(1).setBatch(batch).setRevision(revision);
        IntStream.range(0, size).forEach(losses::addIndices);
        if (withLosses) {
            IntStream.range(0, size).forEach(i -> losses.addLosses(i * .01f));
        }
        return policy == null ? losses : losses.setPolicy(policy);
    }

    private static BatchLosses.Builder losses(BatchLosses.Builder batch, float... losses) {
        for (float loss : losses) {
            batch.addLosses(loss);
        }
        return batch;
    }

    private long send(long attempt, EpochOpened.Builder opened) {
        return send(attempt, LossMessage.newBuilder().setEpochOpened(opened));
    }

    private long send(long attempt, BatchLosses.Builder batch) {
        return send(attempt, LossMessage.newBuilder().setBatchLosses(batch));
    }

    private long send(long attempt, LossMessage.Builder message) {
        return wires.send(
                "batch-losses",
                PARTITION,
                run,
                message.setRunId(run).setAttempt(attempt).build().toByteArray());
    }

    private MaskMessage next(long attempt) {
        ConsumerRecord<String, byte[]> received = wires.next();
        try {
            MaskMessage answer = MaskMessage.parseFrom(received.value());
            assertThat(received.key()).isEqualTo(run);
            assertThat(answer.getRunId()).isEqualTo(run);
            assertThat(answer.getAttempt()).isEqualTo(attempt);
            return answer;
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }

    private static BitSet selected(MaskMessage answer, int batch, long revision) {
        assertThat(answer.hasBatchMask()).as("%s", answer).isTrue();
        assertThat(answer.getBatchMask().getBatch()).isEqualTo(batch);
        assertThat(answer.getBatchMask().getRevision()).isEqualTo(revision);
        BitSet bits = BitSet.valueOf(answer.getBatchMask().getSelected().toByteArray());
        assertThat(bits.cardinality()).isEqualTo(answer.getBatchMask().getSelectedCount());
        return bits;
    }

    private static String reason(Wires letters) {
        return new String(letters.next().headers().lastHeader("reason").value(), StandardCharsets.UTF_8);
    }
}
