package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.policy.Policy.DietOrder;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.Diet;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs whose answers do not fit into one message, or take long to decide: nobody waits for them but their own trainers. */
class LargeRunTest {
    private static final int MOST = 16_777_216;
    /** What the diet leaves, by the size of the training set. */
    private static final Map<Integer, BitSet> KEPT = new HashMap<>();

    private static final int BATCH = 64;
    private static final Policy RANDOM_DIET = Stored.SELECTIVE.toBuilder()
            .setKind(Policy.Kind.DIET_RANDOM)
            .setKeep(.5)
            .setPrePruned(.25)
            .setOrder(Policy.DietOrder.RANDOM_ORDER)
            .build();

    private final Decisions decisions = new Decisions();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long offset = 10;

    @AfterEach
    void close() {
        decisions.close();
    }

    private OwnPartition partition() {
        SelectorConfig config = TestConfig.of(Map.of());
        SelectorMeters meters = new SelectorMeters(registry);
        List<MaskAnswers> alone = new ArrayList<>();
        MaskAnswers answers = new MaskAnswers(
                new NoSources(), config, new Room(config, 512L << 20, alone::stream), decisions, meters);
        alone.add(answers);
        OwnPartition partition = new OwnPartition(
                new TopicPartition(MaskLoop.LOSSES, 0),
                answers,
                TestDeadLetters.of(
                                "selector",
                                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer()),
                                registry)
                        .of(MaskLoop.LOSSES),
                meters);
        partition.read(null, 0, 0);
        return partition;
    }

    private OwnPartition live() {
        OwnPartition partition = partition();
        partition.live();
        return partition;
    }

    private static AttemptOpened opened(int examples) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(7)
                .setBatchSize(BATCH)
                .setWindow(2)
                .setEpochs(9)
                .setReadsParts(true);
        opened.getDatasetBuilder().setCount(examples).setChecksum("images");
        return opened.build();
    }

    private List<MaskMessage> send(OwnPartition partition, String run, long attempt, LossMessage.Builder message) {
        byte[] value = message.setRunId(run).setAttempt(attempt).build().toByteArray();
        return partition.receive(new ConsumerRecord<>(MaskLoop.LOSSES, 0, offset++, run, value));
    }

    private long open(OwnPartition partition, String run, AttemptOpened opened) {
        long attempt = offset;
        assertThat(send(partition, run, 0, LossMessage.newBuilder().setAttemptOpened(opened)))
                .isEmpty();
        return attempt;
    }

    private static LossMessage.Builder epoch(int epoch) {
        return LossMessage.newBuilder()
                .setEpochOpened(EpochOpened.newBuilder().setEpoch(epoch).setPolicy(RANDOM_DIET));
    }

    private static LossMessage.Builder batch(int epoch, int batch, int examples) {
        Random random = new Random(100L * epoch + batch);
        BatchLosses.Builder losses =
                BatchLosses.newBuilder().setEpoch(epoch).setBatch(batch).setPolicy(RANDOM_DIET);
        losses.addAllIndices(Draws.of(random, kept(examples), BATCH));
        losses.getIndicesList().forEach(index -> losses.addLosses(random.nextFloat()));
        return LossMessage.newBuilder().setBatchLosses(losses);
    }

    /** What the diet of the run leaves of so many examples. */
    private static BitSet kept(int examples) {
        return KEPT.computeIfAbsent(examples, all -> new Diet(.25, DietOrder.RANDOM, false).kept(all, 7, null));
    }

    /** Returns the answers to a message that may be decided at once, or later on another thread. */
    private List<MaskMessage> ask(OwnPartition partition, String run, long attempt, LossMessage.Builder message) {
        List<MaskMessage> answers = new ArrayList<>(send(partition, run, attempt, message));
        answers.addAll(late(partition));
        return answers;
    }

    private static List<MaskMessage> late(OwnPartition partition) {
        List<MaskMessage> late = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60)).pollDelay(Duration.ZERO).until(() -> {
            late.addAll(partition.answerParked());
            return !partition.isWaiting();
        });
        return late;
    }

    private static BitSet kept(List<MaskMessage> parts) {
        ByteString bits = ByteString.EMPTY;
        for (MaskMessage message : parts) {
            EpochMaskPart part = message.getEpochMaskPart();
            bits = bits.concat(part.getKept());
            assertThat(message.getSerializedSize()).isLessThan(1_000_000);
            assertThat(part.getKeptCount())
                    .isEqualTo(BitSet.valueOf(part.getKept().toByteArray()).cardinality());
        }
        return BitSet.valueOf(bits.toByteArray());
    }

    @Test
    void choosesAmong16MillionExamplesWhileTheBatchesOfOtherRunsGoOn() {
        // Given
        OwnPartition partition = live();
        long large = open(partition, "large", opened(MOST));
        long other = open(partition, "other", opened(1_000));
        assertThat(send(partition, "other", other, epoch(1))).hasSize(1);

        // When
        assertThat(send(partition, "large", large, epoch(1))).isEmpty();
        assertThat(send(partition, "large", large, batch(1, 0, MOST))).isEmpty();

        // Then
        for (int number = 0; number < 3; number++) {
            assertThat(send(partition, "other", other, batch(1, number, 1_000)))
                    .singleElement()
                    .satisfies(mask -> assertThat(mask.hasBatchMask()).isTrue());
        }
        List<MaskMessage> answers = late(partition);
        assertThat(answers).hasSize(10);
        assertThat(answers.get(9).getBatchMask().getSelectedCount()).isEqualTo(BATCH / 2);
        List<MaskMessage> parts = answers.subList(0, 9);
        assertThat(kept(parts).equals(kept(MOST))).isTrue();
        assertThat(send(partition, "large", large, epoch(1))).as("asked again").isEqualTo(parts);
        assertThat(registry.get("dietsb_selector_decision").timer().count()).isEqualTo(1);
    }

    @Test
    void aTrainerThatDoesNotReadPartsIsRefusedAnEpochThatNeedsThem() {
        OwnPartition partition = live();
        int fits = 8_000_000;
        long attempt = open(
                partition, "fits", opened(fits).toBuilder().clearReadsParts().build());
        assertThat(ask(partition, "fits", attempt, epoch(1))).singleElement().satisfies(answer -> {
            assertThat(answer.getEpochMask().getKept().size()).isEqualTo(fits / 8);
            assertThat(answer.getEpochMask().getKeptCount()).isEqualTo(fits / 4 * 3);
        });

        attempt = open(
                partition,
                "older",
                opened(fits + 8).toBuilder().clearReadsParts().build());
        assertThat(ask(partition, "older", attempt, epoch(1))).singleElement().satisfies(answer -> assertThat(
                        answer.getRefused().getReason())
                .isEqualTo("the mask of an epoch of 8000008 examples comes in parts, which this trainer cannot "
                        + "read: it is older than this selector"));
    }

    @Test
    void anotherAttemptGivesUpTheDecision() {
        OwnPartition partition = live();
        long before = open(partition, "run", opened(MOST));
        long second = open(partition, "second", opened(1_000_000));
        send(partition, "run", before, epoch(1));
        send(partition, "second", second, epoch(1));
        long attempt = open(partition, "second", opened(1_000_000));
        assertThat(late(partition))
                .as("the first decision takes long, the second one waits for it and is given up")
                .isNotEmpty()
                .allSatisfy(part -> assertThat(part.getRunId()).isEqualTo("run"));
        assertThat(ask(partition, "second", attempt, epoch(1))).singleElement().satisfies(answer -> {
            assertThat(answer.getAttempt()).isEqualTo(attempt);
            assertThat(answer.getEpochMask().getKeptCount()).isEqualTo(750_000);
        });
    }

    @Test
    void aReplayDecidesAgainAndSendsTheSamePartsAndState() {
        // Given
        int examples = 4_000_001;
        OwnPartition partition = live();
        long attempt = open(partition, "run", opened(examples));
        List<MaskMessage> first = ask(partition, "run", attempt, epoch(1));
        List<MaskMessage> masks = new ArrayList<>();
        for (int number = 0; number < 3; number++) {
            masks.addAll(send(partition, "run", attempt, batch(1, number, examples)));
        }
        LossMessage.Builder request = LossMessage.newBuilder()
                .setStateRequested(StateRequested.newBuilder().setEpoch(1).setBatch(3));
        List<MaskMessage> state = ask(partition, "run", attempt, request);
        assertThat(state)
                .allSatisfy(part -> assertThat(part.getSerializedSize()).isLessThan(1_000_000));
        assertThat(state.stream()
                        .filter(part -> !part.getSelectorState().getRecord().isEmpty()))
                .hasSize(3);

        // When: another selector reads the log; a third one gets the state.
        offset = 10;
        OwnPartition other = partition();
        long again = open(other, "run", opened(examples));
        await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
            offset = 11;
            return send(other, "run", again, epoch(1)).isEmpty();
        });
        for (int number = 0; number < 3; number++) {
            send(other, "run", again, batch(1, number, examples));
        }
        send(other, "run", again, request);
        OwnPartition third = live();
        long resumed = open(third, "run", opened(examples));
        for (MaskMessage part : state) {
            StateGiven.Builder given =
                    StateGiven.newBuilder().setOpened(opened(examples)).setState(part.getSelectorState());
            assertThat(send(third, "run", resumed, LossMessage.newBuilder().setStateGiven(given)))
                    .isEmpty();
        }

        // Then
        List<MaskMessage> unsent = other.answers.lastAnswers();
        other.live();
        assertThat(unsent.subList(0, 2)).isEqualTo(masks.subList(1, 3));
        assertThat(unsent.subList(2, 2 + first.size())).isEqualTo(first);
        assertThat(unsent.subList(2 + first.size(), unsent.size())).isEqualTo(state);
        List<MaskRecord> records = records(partition, attempt);
        assertThat(records).hasSize(4);
        assertThat(records.subList(0, 3))
                .allSatisfy(record -> assertThat(record.hasEpochPart()).isTrue());
        assertThat(records(other, again)).isEqualTo(records);
        assertThat(records(third, resumed).stream()
                        .map(record -> record.toBuilder().setAttempt(attempt).build()))
                .isEqualTo(records);
    }

    @Test
    void aRunOf16MillionExamplesReceivesTheMasksOfItsProxy() {
        OwnPartition partition = live();
        long run = open(
                partition, "run", opened(MOST).toBuilder().setProxy("run-proxy").build());
        long proxy = open(
                partition,
                "run-proxy",
                opened(MOST).toBuilder().setProxyOf("run").build());
        Policy byProxy = Stored.SELECTIVE.toBuilder().setProxy("resnet8").build();
        for (Map.Entry<String, Policy> one :
                Map.of("run", byProxy, "run-proxy", Stored.SELECTIVE).entrySet()) {
            LossMessage.Builder epoch = LossMessage.newBuilder();
            epoch.getEpochOpenedBuilder().setEpoch(1).setPolicy(one.getValue());
            long attempt = one.getKey().equals("run") ? run : proxy;
            assertThat(ask(partition, one.getKey(), attempt, epoch)).hasSize(1);
        }
        for (int number = 0; number < 3; number++) {
            LossMessage.Builder ofProxy = batch(1, number, MOST);
            ofProxy.getBatchLossesBuilder().setPolicy(Stored.SELECTIVE);
            LossMessage.Builder ofRun = batch(1, number, MOST);
            ofRun.getBatchLossesBuilder().setPolicy(byProxy).clearLosses();
            assertThat(send(partition, "run-proxy", proxy, ofProxy)).isEmpty();
            List<MaskMessage> masks = send(partition, "run", run, ofRun);
            assertThat(masks).extracting(MaskMessage::getRunId).containsExactlyInAnyOrder("run", "run-proxy");
            assertThat(masks.get(0).getBatchMask().getSelectedCount()).isEqualTo(BATCH / 2);
            assertThat(masks.get(0).getBatchMask().getSelected())
                    .isEqualTo(masks.get(1).getBatchMask().getSelected());
        }
    }

    private List<MaskRecord> records(OwnPartition partition, long attempt) {
        send(
                partition,
                "run",
                attempt,
                LossMessage.newBuilder()
                        .setAttemptClosed(AttemptClosed.newBuilder().setReason("completed")));
        return partition.answers.takeRecords();
    }
}
