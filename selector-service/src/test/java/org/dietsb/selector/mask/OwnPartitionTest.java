package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.contracts.field.Numbers;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every question is answered, whatever is wrong with it, and no message harms another run. */
class OwnPartitionTest {
    private static final int EXAMPLES = 100;
    private static final int EPOCHS = 3;
    private static final int BATCH = 8;
    /** What a diet of a quarter leaves out if all scores are equal: the first ones. */
    private static final int DIETED = EXAMPLES / 4;

    private static final long RUN = 1_000;
    private static final Policy PERCENTILE = Stored.SELECTIVE.toBuilder()
            .setRule(Policy.Rule.PERCENTILE)
            .setHistorySize(64)
            .build();
    private static final Policy DIET = Stored.SELECTIVE.toBuilder()
            .setKind(Policy.Kind.DIET)
            .setPrePruned(.25)
            .setScoreSet("scores")
            .build();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private long offset = RUN;

    private OwnPartition partition(Sources sources, Map<String, String> settings, long heapBytes) {
        SelectorConfig config = TestConfig.of(settings);
        SelectorMeters meters = new SelectorMeters(registry);
        List<MaskAnswers> alone = new ArrayList<>();
        MaskAnswers answers =
                new MaskAnswers(sources, config, new Room(config, heapBytes, alone::stream), new Decisions(), meters);
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
        return live(new NoSources());
    }

    private OwnPartition live(Sources sources) {
        OwnPartition partition = partition(sources, Map.of(), 1L << 30);
        partition.live();
        return partition;
    }

    private static AttemptOpened.Builder opened() {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(7)
                .setBatchSize(BATCH)
                .setWindow(2)
                .setEpochs(EPOCHS);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return opened;
    }

    private static LossMessage.Builder epoch(int epoch, Policy policy) {
        return LossMessage.newBuilder()
                .setEpochOpened(EpochOpened.newBuilder()
                        .setEpoch(epoch)
                        .setRevision(policy.equals(DIET) ? 1 : 0)
                        .setPolicy(policy));
    }

    private static BatchLosses.Builder batch(int epoch, int batch) {
        Random random = new Random(100L * epoch + batch);
        BatchLosses.Builder losses =
                BatchLosses.newBuilder().setEpoch(epoch).setBatch(batch).setPolicy(PERCENTILE);
        losses.addAllIndices(Draws.of(random, DIETED, EXAMPLES, BATCH));
        losses.getIndicesList().forEach(index -> losses.addLosses(random.nextFloat()));
        return losses;
    }

    private static LossMessage.Builder of(BatchLosses.Builder batch) {
        return LossMessage.newBuilder().setBatchLosses(batch);
    }

    private List<MaskMessage> send(OwnPartition partition, String run, long attempt, LossMessage.Builder message) {
        return send(
                partition,
                run,
                message.setRunId(run).setAttempt(attempt).build().toByteArray(),
                0);
    }

    private List<MaskMessage> send(OwnPartition partition, String run, byte[] value, long atMillis) {
        return partition.receive(new ConsumerRecord<>(
                MaskLoop.LOSSES,
                0,
                offset++,
                atMillis,
                TimestampType.LOG_APPEND_TIME,
                0,
                value.length,
                run,
                value,
                new RecordHeaders(),
                Optional.empty()));
    }

    private long open(OwnPartition partition, String run) {
        return open(partition, run, opened());
    }

    private long open(OwnPartition partition, String run, AttemptOpened.Builder opened) {
        long attempt = offset;
        assertThat(send(partition, run, 0, LossMessage.newBuilder().setAttemptOpened(opened)))
                .isEmpty();
        return attempt;
    }

    /** Opens an attempt and its first epoch. */
    private long begin(OwnPartition partition, String run) {
        long attempt = open(partition, run);
        List<MaskMessage> answers = send(partition, run, attempt, epoch(1, PERCENTILE));
        assertThat(answers).hasSize(partition.isLive() ? 1 : 0);
        return attempt;
    }

    private static MaskMessage only(List<MaskMessage> answers) {
        assertThat(answers).hasSize(1);
        return answers.get(0);
    }

    private static String reason(List<MaskMessage> answers) {
        MaskMessage answer = only(answers);
        assertThat(answer.hasRefused()).as("%s", answer).isTrue();
        return answer.getRefused().getReason();
    }

    private List<ByteString> masks(OwnPartition partition, String run, long attempt, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number -> only(send(partition, run, attempt, of(batch(1, number)))))
                .map(answer -> answer.getBatchMask().toByteString())
                .toList();
    }

    private List<ByteString> undisturbed(int batches) {
        OwnPartition partition = live();
        long attempt = begin(partition, "undisturbed");
        return masks(partition, "undisturbed", attempt, 0, batches);
    }

    @Test
    void refusesEveryMessageThatCannotBeUsedNamingItsPlaceAndJudgesOnAsIfItHadNotCome() {
        OwnPartition partition = live();
        long attempt = begin(partition, "run");
        List<ByteString> masks = new ArrayList<>(masks(partition, "run", attempt, 0, 4));
        Policy newer = PERCENTILE.toBuilder().setKindValue(99).build();

        assertThat(reason(send(partition, "run", attempt, epoch(2, newer))))
                .isEqualTo("epoch 2: policy with unknown kind 99");
        assertThat(reason(send(
                        partition,
                        "run",
                        attempt,
                        epoch(2, PERCENTILE.toBuilder().setKeep(7).build()))))
                .isEqualTo("epoch 2: keep is 7, allowed is (0, 1]");
        assertThat(reason(send(partition, "run", attempt, epoch(4, PERCENTILE))))
                .isEqualTo("epoch 4: epoch is 4, allowed is [1, 3]");
        assertThat(reason(send(partition, "run", attempt, epoch(0, PERCENTILE))))
                .endsWith("allowed is [1, 3]");
        LossMessage.Builder unknownRevision = LossMessage.newBuilder();
        unknownRevision.getEpochOpenedBuilder().setEpoch(2).setRevision(9);
        assertThat(reason(send(partition, "run", attempt, unknownRevision)))
                .isEqualTo(
                        "epoch 2: revision is 9, which came without its policy: the first message of a revision carries it");
        for (float loss : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -1}) {
            assertThat(reason(send(partition, "run", attempt, of(batch(1, 4).setLosses(3, loss)))))
                    .isEqualTo("epoch 1, batch 4: losses[3] is " + Numbers.words(loss)
                            + ", allowed is 0 or more, and finite");
            TrainedLosses.Builder step =
                    TrainedLosses.newBuilder().setEpoch(1).addIndices(5).addLosses(loss);
            assertThat(reason(send(
                            partition, "run", attempt, LossMessage.newBuilder().setTrainedLosses(step))))
                    .isEqualTo("epoch 1, the losses of a step: losses[0] is " + Numbers.words(loss)
                            + ", allowed is 0 or more, and finite");
        }
        assertThat(reason(send(partition, "run", attempt, of(batch(1, 4).setIndices(0, EXAMPLES)))))
                .isEqualTo("epoch 1, batch 4: indices[0] is 100, allowed is [0, 100), the training set");
        assertThat(reason(send(partition, "run", attempt, of(batch(1, 4).addLosses(1)))))
                .isEqualTo("epoch 1, batch 4: losses has 9 numbers for 8 indices, allowed are as many, or none");
        assertThat(reason(
                        send(partition, "run", attempt, of(batch(1, 4).setCorrect(ByteString.copyFrom(new byte[2]))))))
                .isEqualTo("epoch 1, batch 4: correct has 2 bytes for 8 indices, allowed is none, or 1");
        assertThat(reason(send(
                        partition,
                        "run",
                        attempt,
                        of(batch(1, 4).clearLosses().setCorrect(ByteString.copyFrom(new byte[1]))))))
                .isEqualTo("epoch 1, batch 4: correct has 1 bytes for 8 indices, allowed is none, because there are no"
                        + " losses");
        LossMessage.Builder stray = LossMessage.newBuilder();
        stray.getTrainedLossesBuilder()
                .setEpoch(1)
                .addIndices(5)
                .addLosses(1)
                .setCorrect(ByteString.copyFrom(new byte[] {2}));
        assertThat(reason(send(partition, "run", attempt, stray)))
                .isEqualTo(
                        "epoch 1, the losses of a step: correct has bits beyond the last of 1 examples, allowed are none");
        assertThat(reason(send(partition, "run", attempt, of(batch(1, -1))))).endsWith("allowed is [0, 2147483647]");
        LossMessage.Builder state = LossMessage.newBuilder();
        state.setStateRequested(StateRequested.newBuilder().setEpoch(9));
        assertThat(reason(send(partition, "run", attempt, state)))
                .isEqualTo("epoch 9, the state at a barrier: epoch is 9, allowed is [1, 3]");
        StateGiven.Builder given = StateGiven.newBuilder().setOpened(opened());
        given.getStateBuilder().setEpoch(1).setPart(3).setParts(2);
        assertThat(reason(
                        send(partition, "run", attempt, LossMessage.newBuilder().setStateGiven(given))))
                .startsWith("epoch 1, the state at a barrier: part 3 of a state came");
        assertThat(reason(send(partition, "run", attempt, LossMessage.newBuilder())))
                .startsWith("a message without an event that this selector knows");

        assertThat(registry.get("dietsb_dead_letters").counter().count())
                .as("each is a dead letter too")
                .isEqualTo(20);
        masks.addAll(masks(partition, "run", attempt, 4, 8));
        assertThat(masks).isEqualTo(undisturbed(8));
    }

    @Test
    void refusesAnOpeningThatCannotBeUsedInsteadOfCallingItUnknown() {
        OwnPartition partition = live();
        AttemptOpened.Builder uncounted = opened();
        uncounted.getDatasetBuilder().clearCount();
        long attempt = offset;
        List<MaskMessage> answers =
                send(partition, "run", 0, LossMessage.newBuilder().setAttemptOpened(uncounted));
        assertThat(reason(answers))
                .isEqualTo("dataset.count is 0, allowed is [1, 16777216], the examples of the training set");
        assertThat(only(answers).getAttempt()).isEqualTo(attempt);
        assertThat(reason(send(
                        partition,
                        "run",
                        0,
                        LossMessage.newBuilder().setAttemptOpened(opened().setModel("x".repeat(70_000))))))
                .endsWith("allowed is at most 65536");
    }

    @Test
    void aRunWithABudgetMayHaveMoreEpochs() {
        OwnPartition partition = live();
        long attempt = open(partition, "run", opened().setByBudget(true));
        assertThat(only(send(partition, "run", attempt, epoch(4, PERCENTILE))).hasEpochMask())
                .isTrue();
    }

    @Test
    void refusesABrokenMessageIfItSaysWhoseItIs() {
        OwnPartition partition = live();
        long attempt = open(partition, "run");
        byte[] whole =
                epoch(1, PERCENTILE).setRunId("run").setAttempt(attempt).build().toByteArray();
        byte[] cut = Arrays.copyOf(whole, whole.length - 3);
        MaskMessage refusal = only(send(partition, "run", cut, 0));
        assertThat(refusal.getRunId()).isEqualTo("run");
        assertThat(refusal.getAttempt()).isEqualTo(attempt);
        assertThat(refusal.getRefused().getReason()).contains("unparseable: ");
        for (byte[] nameless : List.of("no protobuf".getBytes(StandardCharsets.UTF_8), new byte[0])) {
            MaskMessage byKey = only(send(partition, "run", nameless, 0));
            assertThat(byKey.getRunId()).as("the key of the record").isEqualTo("run");
            assertThat(byKey.getAttempt())
                    .as("an attempt that is not the run's")
                    .isZero();
            assertThat(byKey.hasRefused()).isTrue();
        }
        offset = 0;
        open(partition, "zero");
        assertThat(send(partition, "zero", new byte[0], 0))
                .as("it may not be of attempt 0, which is held")
                .isEmpty();
    }

    /** Sources that fail as a virtual machine does; thrown, so that nothing is harmed. */
    private static Sources failing(Throwable failure) {
        return new NoSources() {
            @Override
            public ScoreSet scores(String scoreSet, int examples, String fingerprint) {
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            }
        };
    }

    @Test
    void anErrorIsTheFaultOfOneMessage() {
        for (Throwable failure : List.of(
                new OutOfMemoryError("thrown by a test"),
                new StackOverflowError("thrown by a test"),
                new AssertionError("thrown by a test"),
                new IllegalStateException("thrown by a test"))) {
            OwnPartition partition = live(failing(failure));
            long healthy = begin(partition, "healthy");
            List<ByteString> masks = new ArrayList<>(masks(partition, "healthy", healthy, 0, 2));
            long attempt = open(partition, "run");

            assertThat(reason(send(partition, "run", attempt, epoch(1, DIET))))
                    .isEqualTo("epoch 1: unexpected: " + failure);

            assertThat(only(send(partition, "run", attempt, of(batch(1, 0)))).hasUnknown())
                    .as("a run that may be damaged is not held")
                    .isTrue();
            masks.addAll(masks(partition, "healthy", healthy, 2, 4));
            assertThat(masks).isEqualTo(undisturbed(4));
        }
    }

    @Test
    void aLogWithAMessageThatCausesAnErrorIsReplayed() {
        OwnPartition partition = partition(failing(new OutOfMemoryError("thrown by a test")), Map.of(), 1L << 30);
        long healthy = begin(partition, "healthy");
        assertThat(send(partition, "healthy", healthy, of(batch(1, 0)))).isEmpty();
        long attempt = open(partition, "run");
        assertThat(send(partition, "run", attempt, epoch(1, DIET))).isEmpty();
        assertThat(send(partition, "healthy", healthy, of(batch(1, 1)))).isEmpty();

        List<MaskMessage> again = partition.answers.lastAnswers();
        partition.live();

        assertThat(again)
                .as("what its trainer is told after the takeover")
                .anyMatch(answer -> answer.getRunId().equals("run") && answer.hasUnknown());
        List<ByteString> masks = new ArrayList<>(again.stream()
                .filter(answer -> answer.getRunId().equals("healthy") && answer.hasBatchMask())
                .map(answer -> answer.getBatchMask().toByteString())
                .toList());
        masks.addAll(masks(partition, "healthy", healthy, 2, 4));
        assertThat(masks).isEqualTo(undisturbed(4));
    }

    @Test
    void aRefusalThatMayNotHaveBeenSentIsSentAgainAfterATakeover() {
        OwnPartition partition = partition(new NoSources(), Map.of(), 1L << 30);
        long attempt = open(partition, "run");
        assertThat(send(partition, "run", attempt, epoch(4, PERCENTILE))).isEmpty();
        assertThat(reason(partition.answers.lastAnswers())).endsWith("allowed is [1, 3]");
        assertThat(partition.answers.lastAnswers()).isEmpty();
    }

    /** 3,000 openings of the largest training set, 300 kB in all. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void openingsTakeTheMemoryOfTheirMessagesAlone(boolean replayed) {
        OwnPartition partition = partition(new NoSources(), Map.of("largest-dataset", "100000000"), 16L << 20);
        if (!replayed) {
            partition.live();
        }
        AttemptOpened.Builder huge = opened();
        huge.getDatasetBuilder().setCount(100_000_000);
        long last = 0;
        for (int run = 0; run < 3_000; run++) {
            last = open(partition, "run-" + run, huge);
        }
        assertThat(partition.answers.runs()).isBetween(1_500, 2_048);
        partition.live();
        String reason = reason(send(partition, "run-2999", last, epoch(1, PERCENTILE)));
        assertThat(reason).contains("dietsb.selector.losses-of-heap allows 0.5 of the 16.0 MiB");
        long healthy = RUN;
        assertThat(reason(send(partition, "run-0", healthy, epoch(1, PERCENTILE))))
                .as("whose losses have no room either")
                .contains("dietsb.selector.losses-of-heap");
    }

    @Test
    void batchesThatWaitForAPartnerAreChargedToo() {
        OwnPartition partition = partition(new NoSources(), Map.of("largest-batch", "65536"), 16L << 20);
        partition.live();
        AttemptOpened.Builder opened = opened().setProxy("proxy").setWindow(64).setBatchSize(65_536);
        opened.getDatasetBuilder().setCount(100_000);
        long attempt = open(partition, "run", opened);
        Policy byProxy = Stored.SELECTIVE.toBuilder().setProxy("resnet8").build();
        List<MaskMessage> answers = new ArrayList<>(send(partition, "run", attempt, epoch(1, byProxy)));
        await().until(() -> {
            answers.addAll(partition.answerParked());
            return !partition.isWaiting();
        });
        assertThat(only(answers).hasEpochMask()).isTrue();
        BatchLosses.Builder large = BatchLosses.newBuilder().setEpoch(1);
        IntStream.range(0, 65_536).forEach(large::addIndices);
        assertThat(reason(send(partition, "run", attempt, of(large)))).contains("dietsb.selector.losses-of-heap");
    }

    @Test
    void aQuestionThatIsAskedAgainHasTheSameAnswerAndChangesNothing() {
        OwnPartition partition = live();
        long attempt = open(partition, "run");
        MaskMessage first = only(send(partition, "run", attempt, epoch(1, PERCENTILE)));
        assertThat(first.hasEpochMask()).isTrue();
        assertThat(only(send(partition, "run", attempt, epoch(1, PERCENTILE)))).isEqualTo(first);
        List<ByteString> masks = new ArrayList<>(masks(partition, "run", attempt, 0, 4));
        assertThat(masks(partition, "run", attempt, 2, 4)).isEqualTo(masks.subList(2, 4));
        masks.addAll(masks(partition, "run", attempt, 4, 6));
        StateRequested.Builder request = StateRequested.newBuilder().setEpoch(1).setBatch(6);
        List<MaskMessage> state =
                send(partition, "run", attempt, LossMessage.newBuilder().setStateRequested(request));
        assertThat(send(partition, "run", attempt, LossMessage.newBuilder().setStateRequested(request)))
                .isEqualTo(state);
        masks.addAll(masks(partition, "run", attempt, 6, 8));
        assertThat(masks).isEqualTo(undisturbed(8));
    }

    @Test
    void aQuestionThatIsAskedAgainAfterATakeoverHasTheSameAnswer() {
        OwnPartition partition = partition(new NoSources(), Map.of(), 1L << 30);
        long attempt = begin(partition, "run");
        for (int number = 0; number < 4; number++) {
            send(partition, "run", attempt, of(batch(1, number)));
        }
        partition.answers.lastAnswers();
        partition.live();
        List<ByteString> masks = new ArrayList<>(masks(partition, "run", attempt, 2, 4));
        masks.addAll(masks(partition, "run", attempt, 4, 8));
        assertThat(masks).isEqualTo(undisturbed(8).subList(2, 8));
    }

    /** Score sets whose look-up takes until it is let go. */
    private static final class SlowSources extends NoSources {
        final CountDownLatch there = new CountDownLatch(1);

        @Override
        public ScoreSet scores(String scoreSet, int examples, String fingerprint) throws RefusalException {
            try {
                there.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return new ScoreSet(scoreSet, fingerprint, new float[examples], new int[examples]);
        }
    }

    @Test
    void aSlowLookUpHoldsUpItsOwnRunOnly() {
        // Given
        SlowSources slow = new SlowSources();
        try (PendingSources sources = new PendingSources(slow)) {
            OwnPartition partition = live(sources);
            long waiting = open(partition, "waiting");
            long other = begin(partition, "other");

            // When
            assertThat(send(partition, "waiting", waiting, epoch(1, DIET))).isEmpty();
            assertThat(send(partition, "waiting", waiting, of(batch(1, 0)))).isEmpty();
            assertThat(partition.isWaiting()).isTrue();
            assertThat(partition.answerParked()).isEmpty();

            // Then
            assertThat(masks(partition, "other", other, 0, 3)).isEqualTo(undisturbed(3));
            assertThat(partition.toCommit(offset).metadata())
                    .as("answered up to the message that waits")
                    .isEqualTo(Long.toString(RUN + 3));
            slow.there.countDown();
            List<MaskMessage> late = new ArrayList<>();
            await().until(() -> late.addAll(partition.answerParked()));
            assertThat(late).hasSize(2);
            assertThat(late.get(0).getEpochMask().getKeptCount()).isEqualTo(75);
            assertThat(late.get(1).getBatchMask().toByteString())
                    .isEqualTo(undisturbed(1).get(0));
            assertThat(partition.isWaiting()).isFalse();
        }
    }

    @Test
    void aReplayWaitsForItsLookUpWithoutAChange() {
        SlowSources slow = new SlowSources();
        try (PendingSources sources = new PendingSources(slow)) {
            OwnPartition partition = partition(sources, Map.of(), 1L << 30);
            long attempt = open(partition, "run");
            for (int tries = 0; tries < 3; tries++) {
                assertThatThrownBy(() -> send(partition, "run", attempt, epoch(1, DIET)))
                        .isInstanceOf(PendingException.class);
            }
            slow.there.countDown();
            await().ignoreExceptions()
                    .until(() -> send(partition, "run", attempt, epoch(1, DIET)).isEmpty());
            assertThat(only(partition.answers.lastAnswers()).getEpochMask().getKeptCount())
                    .isEqualTo(75);
        }
    }

    @Test
    void anotherAttemptDropsWhatWaits() {
        SlowSources slow = new SlowSources();
        try (PendingSources sources = new PendingSources(slow)) {
            OwnPartition partition = live(sources);
            long before = open(partition, "run");
            assertThat(send(partition, "run", before, epoch(1, DIET))).isEmpty();
            long attempt = open(partition, "run");
            assertThat(partition.isWaiting()).isFalse();
            assertThat(only(send(partition, "run", attempt, epoch(1, PERCENTILE)))
                            .hasEpochMask())
                    .isTrue();
            assertThat(masks(partition, "run", attempt, 0, 2)).isEqualTo(undisturbed(2));
            slow.there.countDown();
        }
    }

    @Test
    void theTimeOfTheLogGoesOnAndNeverBack() {
        OwnPartition partition = live();
        assertThat(partition.logMillis()).isZero();
        send(partition, "run", new byte[0], 5_000_000);
        send(partition, "run", new byte[0], 1_000);
        assertThat(partition.logMillis()).isGreaterThanOrEqualTo(5_000_000).isLessThan(5_000_000 + 3_600_000);
    }
}
