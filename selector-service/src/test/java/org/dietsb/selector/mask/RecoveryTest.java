package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.dietsb.broker.LocalBroker;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.Wires;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochCounts;
import org.dietsb.selector.wire.JudgedBatch;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.RunFigures;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.selector.wire.UsageChunk;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Selectors that are killed while trainers wait for them, against a real broker. */
class RecoveryTest {
    private static final int BATCHES = 80;
    private static final int BATCH = 32;
    private static final int WINDOW = 4;
    private static final int GIVEN_BACK = 25;
    private static final int EXAMPLES = 2_000;
    private static final Policy PERCENTILE = Stored.SELECTIVE.toBuilder()
            .setRule(Policy.Rule.PERCENTILE)
            .setHistorySize(500)
            .build();
    private static final List<Policy> POLICIES = List.of(
            Stored.SELECTIVE, PERCENTILE, PERCENTILE.toBuilder().setKeep(.25).build());

    private static final ConfigResource BATCH_LOSSES = new ConfigResource(ConfigResource.Type.TOPIC, "batch-losses");

    private static LocalBroker broker;
    private static Admin admin;
    /** The masks of a run whose selector is not killed. */
    private static List<ByteString> undisturbed;

    @BeforeAll
    static void startBroker() {
        broker = LocalBroker.start();
        admin = PlainClients.admin(broker.bootstrapServers());
        undisturbed = undisturbed();
    }

    @AfterAll
    static void stopBroker() {
        admin.close();
        broker.close();
    }

    /** A trainer of one run on one partition; of a seed, so that two of them announce the same. */
    private static final class PlayedTrainer implements AutoCloseable {
        final String run;
        final int partition;
        final Wires wires;
        final Random random = new Random(9);
        final long attempt;
        final TreeMap<Integer, ByteString> masks = new TreeMap<>();
        final List<List<Integer>> indices = new ArrayList<>();
        int announced;
        boolean over;

        PlayedTrainer(String run, int partition) {
            this.run = run;
            this.partition = partition;
            this.wires = new Wires(broker.bootstrapServers(), "backprop-masks", partition);
            this.attempt = send(LossMessage.newBuilder().setAttemptOpened(opened()), 0);
            LossMessage.Builder epoch = LossMessage.newBuilder();
            epoch.getEpochOpenedBuilder().setEpoch(1).setPolicy(POLICIES.get(0));
            send(epoch, attempt);
        }

        private static AttemptOpened opened() {
            AttemptOpened.Builder opened =
                    AttemptOpened.newBuilder().setSeed(7).setBatchSize(BATCH).setWindow(WINDOW);
            opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
            return opened.build();
        }

        private long send(LossMessage.Builder message, long ofAttempt) {
            return wires.send(
                    "batch-losses",
                    partition,
                    run,
                    message.setRunId(run).setAttempt(ofAttempt).build().toByteArray());
        }

        /** Announces the next batch. Policies are swapped at the batches 10 and 45; before 25 the state is given back. */
        void announce() {
            if (announced == GIVEN_BACK) {
                awaitAll();
                barrier();
            }
            int revision = announced < 10 ? 0 : announced < 45 ? 1 : 2;
            BatchLosses.Builder batch =
                    BatchLosses.newBuilder().setEpoch(1).setBatch(announced).setRevision(revision);
            batch.addAllIndices(Draws.of(random, 0, EXAMPLES, BATCH));
            batch.getIndicesList().forEach(index -> batch.addLosses(random.nextFloat()));
            if (announced == 0 || announced == 10 || announced == GIVEN_BACK || announced == 45) {
                batch.setPolicy(POLICIES.get(revision));
            }
            indices.add(List.copyOf(batch.getIndicesList()));
            send(LossMessage.newBuilder().setBatchLosses(batch), attempt);
            announced++;
        }

        private void barrier() {
            LossMessage.Builder request = LossMessage.newBuilder();
            request.getStateRequestedBuilder().setEpoch(1).setBatch(announced);
            send(request, attempt);
            List<SelectorState> parts = new ArrayList<>();
            while (parts.isEmpty() || parts.size() < parts.get(0).getParts()) {
                MaskMessage answer = next();
                if (answer.hasSelectorState() && answer.getSelectorState().getPart() == parts.size()) {
                    parts.add(answer.getSelectorState());
                }
            }
            for (SelectorState part : parts) {
                send(
                        LossMessage.newBuilder()
                                .setStateGiven(StateGiven.newBuilder()
                                        .setOpened(opened())
                                        .setState(part)),
                        attempt);
            }
        }

        private byte[] nextValue() {
            try {
                return wires.next().value();
            } catch (NoSuchElementException silent) {
                throw new AssertionError(
                        "of the batches up to " + announced + " only these were answered: " + masks.keySet(), silent);
            }
        }

        private MaskMessage next() {
            try {
                MaskMessage answer = MaskMessage.parseFrom(nextValue());
                assertThat(answer.getRunId()).isEqualTo(run);
                if (answer.hasBatchMask()) {
                    ByteString before = masks.putIfAbsent(
                            answer.getBatchMask().getBatch(),
                            answer.getBatchMask().toByteString());
                    if (before != null) {
                        assertThat(answer.getBatchMask().toByteString()).isEqualTo(before);
                    }
                } else {
                    boolean ofPoison = answer.hasRefused() && answer.getAttempt() == 0;
                    assertThat(answer.hasSelectorState() || answer.hasEpochMask() || ofPoison)
                            .as("%s", answer)
                            .isTrue();
                }
                return answer;
            } catch (InvalidProtocolBufferException broken) {
                throw new AssertionError(broken);
            }
        }

        void awaitAll() {
            while (masks.size() < announced) {
                next();
            }
        }

        void trainTo(int batch) {
            while (announced < batch) {
                // As a trainer does: no more under way than its window.
                while (announced - masks.size() >= WINDOW) {
                    next();
                }
                announce();
            }
        }

        /** Which examples of a batch its mask selected. */
        List<Integer> selected(int batch) {
            try {
                BitSet places = BitSet.valueOf(BatchMask.parseFrom(Objects.requireNonNull(masks.get(batch)))
                        .getSelected()
                        .toByteArray());
                return places.stream().mapToObj(indices.get(batch)::get).toList();
            } catch (InvalidProtocolBufferException broken) {
                throw new AssertionError(broken);
            }
        }

        void end() {
            if (!over) {
                LossMessage.Builder closed = LossMessage.newBuilder();
                closed.getAttemptClosedBuilder().setReason("completed");
                send(closed, attempt);
                over = true;
            }
        }

        @Override
        public void close() {
            end();
            wires.close();
        }
    }

    private static List<ByteString> undisturbed() {
        try (LoneSelector selector = LoneSelector.start(broker.bootstrapServers());
                PlayedTrainer trainer = new PlayedTrainer("undisturbed", 7)) {
            trainer.trainTo(BATCHES);
            trainer.awaitAll();
            return List.copyOf(trainer.masks.values());
        }
    }

    @Test
    void afterAKillUnderLoadTheNextSelectorGivesTheSameMasks() throws Exception {
        try (PlayedTrainer trainer = new PlayedTrainer("disturbed", 1);
                Wires reports = new Wires(broker.bootstrapServers(), "selection-reports", 0);
                Wires letters = new Wires(broker.bootstrapServers(), "dead-letters", 0)) {
            // Given
            LoneSelector first = LoneSelector.start(broker.bootstrapServers());
            trainer.trainTo(5);
            long poison = trainer.wires.send("batch-losses", 1, trainer.run, "poison".getBytes(StandardCharsets.UTF_8));
            trainer.trainTo(15);
            assertThat(letters.next().key()).isEqualTo("selector/batch-losses/1/" + poison);
            await().until(() -> answeredBefore(1) > poison);
            assertThat(committed(1).offset())
                    .as("the run is rebuilt from its opening")
                    .isEqualTo(trainer.attempt);

            // When: it is killed with a window of batches under way, before the state is given back, and after.
            killWithAWindowUnderWay(first, trainer);
            LoneSelector second = LoneSelector.start(broker.bootstrapServers());
            trainer.trainTo(40);
            await().until(() -> committed(1).offset() > trainer.attempt);
            killWithAWindowUnderWay(second, trainer);
            try (LoneSelector third = LoneSelector.start(broker.bootstrapServers())) {
                trainer.trainTo(BATCHES);
                trainer.awaitAll();

                // Then
                assertThat(List.copyOf(trainer.masks.values())).isEqualTo(undisturbed);
                assertThat(letters.isSilent()).as("no dead letter comes twice").isTrue();
                assertThat(third.meter("dietsb_selector_rebuilt_runs")).isEqualTo(1);
                assertThat(third.meter("dietsb_selector_replayed")).isBetween(10.0, 100.0);
                assertThat(third.meter("dietsb_selector_sent_again"))
                        .as("a window, and the epoch")
                        .isBetween(1.0, WINDOW + 1.0);
                assertThat(third.meter("dietsb_dead_letters")).isZero();
                trainer.end();
                assertThatReportsGoOn(trainer, reports);
            }
        }
    }

    /** The last report: usage of the whole run, losses since the state was given back. */
    private static void assertThatReportsGoOn(PlayedTrainer trainer, Wires reports) throws Exception {
        RunFigures figures = RunFigures.getDefaultInstance();
        UsageChunk usage = UsageChunk.getDefaultInstance();
        while (figures.getBatch() < BATCHES || usage.getBatch() < BATCHES) {
            SelectionReport report = SelectionReport.parseFrom(reports.next().value());
            if (report.getRunId().equals(trainer.run)) {
                figures = report.hasFigures() ? report.getFigures() : figures;
                usage = report.hasUsage() ? report.getUsage() : usage;
            }
        }
        int[] times = new int[EXAMPLES];
        long selected = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            List<Integer> of = trainer.selected(batch);
            of.forEach(index -> times[index]++);
            selected += batch < GIVEN_BACK ? 0 : of.size();
        }
        assertThat(usage.getTimesSelectedList())
                .containsExactlyElementsOf(Arrays.stream(times).boxed().toList());
        assertThat(figures.getEpochsCount()).isEqualTo(1);
        EpochCounts epoch = figures.getEpochs(0);
        assertThat(epoch.getFirstBatch()).isEqualTo(GIVEN_BACK);
        assertThat(epoch.getAnnounced()).isEqualTo((BATCHES - GIVEN_BACK) * BATCH);
        assertThat(epoch.getSelected()).isEqualTo(selected);
        assertThat(sum(epoch.getLossesSeenList())).isEqualTo(epoch.getAnnounced());
        assertThat(sum(epoch.getLossesSelectedList())).isEqualTo(selected);
        assertThat(figures.getLastBatchesList())
                .extracting(JudgedBatch::getBatch)
                .containsExactly(72, 73, 74, 75, 76, 77, 78, 79);
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private static void killWithAWindowUnderWay(LoneSelector selector, PlayedTrainer trainer) {
        trainer.awaitAll();
        for (int i = 0; i < WINDOW - 1; i++) {
            trainer.announce();
        }
        selector.kill();
        trainer.announce();
    }

    @Test
    void anotherSelectorTakesOverFromAKilledOne() throws Exception {
        List<PlayedTrainer> trainers = new ArrayList<>();
        LoneSelector killed = LoneSelector.start(broker.bootstrapServers());
        try (LoneSelector stays = LoneSelector.start(broker.bootstrapServers())) {
            await().atMost(Duration.ofSeconds(60)).until(() -> sharedEqually());
            for (int partition = 0; partition < 7; partition++) {
                trainers.add(new PlayedTrainer("shared-" + partition, partition));
            }
            trainers.forEach(trainer -> trainer.trainTo(20));
            killWithAWindowUnderWay(killed, trainers.get(0));
            for (PlayedTrainer trainer : trainers) {
                trainer.trainTo(BATCHES);
                trainer.awaitAll();
                assertThat(List.copyOf(trainer.masks.values())).as(trainer.run).isEqualTo(undisturbed);
            }
            assertThat(stays.meter("dietsb_selector_rebuilt_runs")).isBetween(3.0, 4.0);
        } finally {
            killed.kill();
            trainers.forEach(PlayedTrainer::close);
        }
    }

    @Test
    void aRunThatWasSilentForTooLongIsAnsweredUnknown() throws Exception {
        long longAgo = System.currentTimeMillis() - Duration.ofHours(13).toMillis();
        keepTimesOfWriters(longAgo);
        try (LoneSelector selector = LoneSelector.start(broker.bootstrapServers());
                Wires wires = new Wires(broker.bootstrapServers(), "backprop-masks", 6)) {
            long attempt = wires.send(
                    "batch-losses",
                    6,
                    "silent",
                    longAgo,
                    LossMessage.newBuilder()
                            .setRunId("silent")
                            .setAttemptOpened(PlayedTrainer.opened())
                            .build()
                            .toByteArray());
            LossMessage.Builder epoch =
                    LossMessage.newBuilder().setRunId("silent").setAttempt(attempt);
            epoch.getEpochOpenedBuilder().setEpoch(1).setPolicy(PERCENTILE);
            wires.send("batch-losses", 6, "silent", longAgo, epoch.build().toByteArray());
            assertThat(MaskMessage.parseFrom(wires.next().value()).hasEpochMask())
                    .isTrue();
            wires.send("batch-losses", 6, "silent", epoch.build().toByteArray());
            assertThat(MaskMessage.parseFrom(wires.next().value()).hasUnknown()).isTrue();
            await().untilAsserted(() -> assertThat(committed(6).offset())
                    .as("a partition without runs is rebuilt from nowhere")
                    .isEqualTo(answeredBefore(6)));
            assertThat(selector.meter("dietsb_selector_replayed")).isBetween(0.0, 2_000.0);
        } finally {
            setTimes("LogAppendTime");
        }
    }

    /** Makes batch-losses a topic of an earlier version, in which a message has the time of its writer. */
    private static void keepTimesOfWriters(long millis) throws Exception {
        assertThat(admin.describeConfigs(List.of(BATCH_LOSSES)).all().get().get(BATCH_LOSSES))
                .isNotNull()
                .satisfies(config ->
                        assertThat(config.get("message.timestamp.type").value()).isEqualTo("LogAppendTime"));
        setTimes("CreateTime");
        byte[] opened = LossMessage.newBuilder()
                .setRunId("probe")
                .setAttemptOpened(PlayedTrainer.opened())
                .build()
                .toByteArray();
        try (Producer<String, byte[]> producer = PlainClients.producer(broker.bootstrapServers())) {
            await().until(() -> producer.send(new ProducerRecord<>("batch-losses", 6, millis, "probe", opened))
                            .get()
                            .timestamp()
                    == millis);
        }
    }

    private static void setTimes(String type) throws Exception {
        AlterConfigOp set =
                new AlterConfigOp(new ConfigEntry("message.timestamp.type", type), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(BATCH_LOSSES, List.of(set))).all().get();
    }

    @Test
    void anAnswerThatIsTooLargeToBeStoredBecomesARefusal() throws Exception {
        try (Producer<String, byte[]> producer =
                        PlainClients.settings(broker.bootstrapServers()).producer(Map.of("max.request.size", 2_000));
                Wires wires = new Wires(broker.bootstrapServers(), "backprop-masks", 5)) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            MaskSender sender = new MaskSender(producer, new SelectorMeters(registry));
            TopicPartition place = new TopicPartition("batch-losses", 5);
            MaskMessage.Builder large =
                    MaskMessage.newBuilder().setRunId("large").setAttempt(7);
            large.getEpochMaskBuilder().setEpoch(3).setKept(ByteString.copyFrom(new byte[5_000]));
            sender.send(place, large.build());
            sender.refuseUnstorable();
            sender.flush();

            MaskMessage answer = MaskMessage.parseFrom(wires.next().value());
            assertThat(answer.getAttempt()).isEqualTo(7);
            assertThat(answer.getRefused().getEpoch()).isEqualTo(3);
            assertThat(answer.getRefused().getReason())
                    .startsWith("the answer of 50")
                    .contains("cannot be stored")
                    .contains("2000");
            assertThat(sender.takeLost()).isEmpty();
            assertThat(registry.get("dietsb_unstorable")
                            .tag("topic", "backprop-masks")
                            .counter()
                            .count())
                    .isEqualTo(1);
        }
    }

    private static OffsetAndMetadata committed(int partition) {
        try {
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets("selector")
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(new TopicPartition("batch-losses", partition));
            return committed == null ? new OffsetAndMetadata(0, "0") : committed;
        } catch (ExecutionException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static long answeredBefore(int partition) {
        return Long.parseLong(committed(partition).metadata());
    }

    private static boolean sharedEqually() throws Exception {
        return Objects.requireNonNull(admin.describeConsumerGroups(List.of("selector"))
                        .describedGroups()
                        .get("selector"))
                .get()
                .members()
                .stream()
                .map(member -> member.assignment().topicPartitions().size())
                .toList()
                .equals(List.of(4, 4));
    }
}
