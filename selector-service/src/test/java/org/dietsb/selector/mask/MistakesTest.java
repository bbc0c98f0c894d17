package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.TrainedLosses;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake of a trainer that the protocol lists is refused with the reason that it states. */
class MistakesTest {
    private static final Path PROTOCOL = Path.of("../deploy/docs/PROTOCOL.md");
    private static final int EXAMPLES = 100;
    private static final int BATCH = 8;
    private static final Policy DIET = Stored.SELECTIVE.toBuilder()
            .setKind(Policy.Kind.DIET)
            .setPrePruned(.25)
            .setScoreSet("scores")
            .build();

    /** A row of the protocol. */
    private record Row(String message, String mistake, String reason) {
        String name() {
            return message + ": " + mistake.replaceAll(";.*", "");
        }
    }

    private static List<Row> rows() throws Exception {
        String text = Files.readString(PROTOCOL);
        String table = text.substring(text.indexOf("| message | mistake | reason |"));
        return table.lines()
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.split(" *[|] *"))
                        .skip(1)
                        .map(cell -> cell.replace("`", ""))
                        .toList())
                .map(cells -> new Row(cells.get(0), cells.get(1), cells.get(2)))
                .toList();
    }

    /** Two partitions that one selector answers, and a trainer of one run. */
    private static final class Bench {
        final List<OwnPartition> partitions = new ArrayList<>();
        String run = "run";
        String key = "run";
        long attempt;
        private long offset = 1_000;

        Bench() {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            SelectorConfig config = TestConfig.of(Map.of());
            SelectorMeters meters = new SelectorMeters(registry);
            List<MaskAnswers> both = new ArrayList<>();
            for (int number = 0; number < 2; number++) {
                MaskAnswers answers = new MaskAnswers(
                        new EqualScores(), config, new Room(config, 1L << 30, both::stream), new Decisions(), meters);
                both.add(answers);
                OwnPartition partition = new OwnPartition(
                        new TopicPartition(MaskLoop.LOSSES, number),
                        answers,
                        TestDeadLetters.of(
                                        "selector",
                                        new MockProducer<>(
                                                true, null, new StringSerializer(), new ByteArraySerializer()),
                                        registry)
                                .of(MaskLoop.LOSSES),
                        meters);
                partition.read(null, 0, 0);
                partition.live();
                partitions.add(partition);
            }
        }

        List<MaskMessage> raw(int partition, byte[] value) {
            return partitions
                    .get(partition)
                    .receive(new ConsumerRecord<>(MaskLoop.LOSSES, partition, offset++, key, value));
        }

        List<MaskMessage> say(int partition, LossMessage.Builder message) {
            return raw(
                    partition, message.setRunId(run).setAttempt(attempt).build().toByteArray());
        }

        List<MaskMessage> say(Consumer<LossMessage.Builder> what) {
            LossMessage.Builder message = LossMessage.newBuilder();
            what.accept(message);
            return say(0, message);
        }

        /** Opens an attempt on the first partition. */
        Bench opened() {
            attempt = 0;
            long next = offset;
            assertThat(say(message -> message.setAttemptOpened(opening()))).isEmpty();
            attempt = next;
            return this;
        }

        Bench epoch(int epoch) {
            return epoch(epoch, 0, Stored.SELECTIVE);
        }

        Bench epoch(int epoch, int revision, Policy policy) {
            List<MaskMessage> answers = say(message -> message.getEpochOpenedBuilder()
                    .setEpoch(epoch)
                    .setRevision(revision)
                    .setPolicy(policy));
            assertThat(answers).singleElement().matches(MaskMessage::hasEpochMask);
            return this;
        }

        /** Says a wrong message; the run goes on as if it had not come. */
        String refusal(Consumer<LossMessage.Builder> wrong) {
            return refusal(say(wrong), attempt);
        }

        String refusal(List<MaskMessage> answers, long of) {
            assertThat(answers).hasSize(1);
            MaskMessage answer = answers.get(0);
            assertThat(answer.hasRefused()).as("%s", answer).isTrue();
            assertThat(answer.getRunId()).isEqualTo(run.isEmpty() ? key : run);
            assertThat(answer.getAttempt()).isEqualTo(of);
            return answer.getRefused().getReason();
        }
    }

    /** Score sets of equal scores: a diet leaves out the first examples. */
    private static final class EqualScores extends NoSources {
        @Override
        public ScoreSet scores(String scoreSet, int examples, String fingerprint) {
            return new ScoreSet(scoreSet, fingerprint, new float[examples], new int[examples]);
        }
    }

    private static AttemptOpened.Builder opening() {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(7)
                .setBatchSize(BATCH)
                .setWindow(2)
                .setEpochs(3)
                .setReadsSpans(true);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return opened;
    }

    private static BatchLosses.Builder batch(int batch) {
        BatchLosses.Builder losses = BatchLosses.newBuilder().setEpoch(1).setBatch(batch);
        IntStream.range(0, BATCH).forEach(i -> losses.addIndices(i).addLosses(i));
        return losses;
    }

    private static String wrongBatch(Consumer<BatchLosses.Builder> wrong) {
        Bench bench = new Bench().opened().epoch(1);
        BatchLosses.Builder batch = batch(0);
        wrong.accept(batch);
        String reason = bench.refusal(message -> message.setBatchLosses(batch));
        assertThat(bench.say(message -> message.setBatchLosses(batch(0))))
                .as("the run goes on")
                .singleElement()
                .matches(MaskMessage::hasBatchMask);
        return reason;
    }

    private static String wrongSpan(Consumer<List<BatchLosses.Builder>> wrong) {
        Bench bench = new Bench().opened().epoch(1);
        List<BatchLosses.Builder> span = new ArrayList<>();
        for (int number = 0; number < 2; number++) {
            span.add(batch(number).clearLosses());
        }
        wrong.accept(span);
        return bench.refusal(message -> span.forEach(message.getBatchSpanBuilder()::addBatches));
    }

    private static String wrongOpening(Consumer<AttemptOpened.Builder> wrong) {
        Bench bench = new Bench();
        AttemptOpened.Builder opening = opening();
        wrong.accept(opening);
        return bench.refusal(bench.say(message -> message.setAttemptOpened(opening)), 1_000);
    }

    private static String wrongEpoch(int epoch, int revision, Policy policy) {
        return new Bench().opened().epoch(1).refusal(message -> message.getEpochOpenedBuilder()
                .setEpoch(epoch)
                .setRevision(revision)
                .setPolicy(policy));
    }

    private static String wrongState(Consumer<StateGiven.Builder> wrong) {
        StateGiven.Builder given = StateGiven.newBuilder().setOpened(opening());
        given.getStateBuilder().setEpoch(1).setParts(2).setHistorySize(64);
        wrong.accept(given);
        return new Bench().opened().refusal(message -> message.setStateGiven(given));
    }

    private static String onAnotherPartition() {
        Bench bench = new Bench().opened();
        LossMessage.Builder epoch = LossMessage.newBuilder();
        epoch.getEpochOpenedBuilder().setEpoch(1).setPolicy(Stored.SELECTIVE);
        String there = bench.refusal(bench.say(1, epoch), bench.attempt);
        List<MaskMessage> here = bench.partitions.get(0).answers.overdue();
        assertThat(bench.refusal(here, bench.attempt)).isEqualTo(there);
        return there;
    }

    private static String openedOnAnotherPartition() {
        Bench bench = new Bench().opened();
        bench.attempt = 0;
        return bench.refusal(bench.say(1, LossMessage.newBuilder().setAttemptOpened(opening())), 1_001);
    }

    private static String nameless(byte[] value) {
        Bench bench = new Bench().opened();
        return bench.refusal(bench.raw(0, value), 0);
    }

    private static String malformed() {
        Bench bench = new Bench();
        bench.run = "My Run";
        return bench.refusal(bench.say(message -> message.setAttemptOpened(opening())), 1_000);
    }

    private static String withoutAttempt() {
        Bench bench = new Bench().opened();
        bench.attempt = 0;
        return bench.refusal(
                message -> message.getEpochOpenedBuilder().setEpoch(1).setPolicy(Stored.SELECTIVE));
    }

    private static String beforeTheWholeState() {
        Bench bench = new Bench().opened();
        StateGiven.Builder given = StateGiven.newBuilder().setOpened(opening());
        given.getStateBuilder().setEpoch(1).setParts(2).setHistorySize(64);
        assertThat(bench.say(message -> message.setStateGiven(given))).isEmpty();
        return bench.refusal(
                message -> message.getEpochOpenedBuilder().setEpoch(1).setPolicy(Stored.SELECTIVE));
    }

    private static String numberedTwice() {
        Bench bench = new Bench().opened().epoch(1);
        assertThat(bench.say(message -> message.setBatchLosses(batch(0)))).hasSize(1);
        assertThat(bench.say(message -> message.setBatchLosses(batch(0))))
                .as("the same again")
                .singleElement()
                .matches(MaskMessage::hasBatchMask);
        return bench.refusal(message -> message.setBatchLosses(batch(0).setIndices(0, 50)));
    }

    private static String leftOutByTheDiet() {
        Bench bench = new Bench().opened().epoch(1, 0, DIET);
        BatchLosses.Builder batch = batch(0).clearIndices();
        IntStream.range(9, 9 + BATCH).forEach(batch::addIndices);
        return bench.refusal(message -> message.setBatchLosses(batch));
    }

    private static String spanWithoutConsent() {
        Bench bench = new Bench();
        long attempt = 1_000;
        assertThat(bench.say(message -> message.setAttemptOpened(opening().clearReadsSpans())))
                .isEmpty();
        bench.attempt = attempt;
        bench.epoch(1);
        return bench.refusal(message -> message.getBatchSpanBuilder().addBatches(batch(0).clearLosses()));
    }

    /** What causes each refusal, by its row. */
    private static Map<String, Mistake> mistakes() {
        Map<String, Mistake> all = new HashMap<>();
        all.put("any: a malformed run id", MistakesTest::malformed);
        all.put("any: no run id", () -> nameless(new byte[0]));
        all.put("any: a value that is no LossMessage", () -> nameless("no protobuf".getBytes(StandardCharsets.UTF_8)));
        all.put(
                "any: no event, or one of a later version",
                () -> new Bench().opened().refusal(message -> {}));
        all.put("any: no attempt", MistakesTest::withoutAttempt);
        all.put("any: on another partition than AttemptOpened", MistakesTest::onAnotherPartition);
        all.put(
                "AttemptOpened: no size of the training set, or one out of range",
                () -> wrongOpening(AttemptOpened.Builder::clearDataset));
        all.put(
                "AttemptOpened: no batch size, or one out of range",
                () -> wrongOpening(AttemptOpened.Builder::clearBatchSize));
        all.put("AttemptOpened: a window out of range", () -> wrongOpening(opened -> opened.setWindow(65)));
        all.put("AttemptOpened: another size of the training set than the attempt before", () -> {
            Bench bench = new Bench().opened();
            bench.attempt = 0;
            AttemptOpened.Builder smaller = opening();
            smaller.getDatasetBuilder().setCount(99);
            return bench.refusal(bench.say(message -> message.setAttemptOpened(smaller)), 1_001);
        });
        all.put("AttemptOpened: another partition than the attempt before", MistakesTest::openedOnAnotherPartition);
        all.put("EpochOpened: an epoch out of range", () -> wrongEpoch(4, 0, Stored.SELECTIVE));
        all.put(
                "EpochOpened: an epoch before the one that was opened last",
                () -> new Bench().opened().epoch(2).refusal(message -> message.getEpochOpenedBuilder()
                        .setEpoch(1)));
        all.put("EpochOpened: a revision without its policy", () -> new Bench()
                .opened()
                .refusal(message -> message.getEpochOpenedBuilder().setEpoch(1).setRevision(9)));
        all.put("EpochOpened: another policy under the same revision", () -> wrongEpoch(2, 0, DIET));
        all.put(
                "EpochOpened: a parameter out of range",
                () -> wrongEpoch(2, 1, Stored.SELECTIVE.toBuilder().setKeep(7).build()));
        all.put(
                "EpochOpened: a kind of policy of a later version",
                () -> wrongEpoch(
                        2, 1, Stored.SELECTIVE.toBuilder().setKindValue(99).build()));
        all.put(
                "EpochOpened: before all parts of the state that the attempt resumes with",
                MistakesTest::beforeTheWholeState);
        all.put(
                "EpochOpened: a percentile history shorter than the batch",
                () -> wrongEpoch(
                        2,
                        1,
                        Stored.SELECTIVE.toBuilder()
                                .setRule(Policy.Rule.PERCENTILE)
                                .setHistorySize(BATCH - 1)
                                .build()));
        all.put(
                "BatchLosses: before EpochOpened",
                () -> new Bench().opened().refusal(message -> message.setBatchLosses(batch(0))));
        all.put("BatchLosses: another epoch than the open one", () -> wrongBatch(batch -> batch.setEpoch(2)));
        all.put("BatchLosses: a number that does not grow, with other content", MistakesTest::numberedTwice);
        all.put(
                "BatchLosses: more examples than the batch size",
                () -> wrongBatch(batch -> batch.addIndices(BATCH).addLosses(1)));
        all.put("BatchLosses: no examples", () -> wrongBatch(BatchLosses.Builder::clearIndices));
        all.put(
                "BatchLosses: an index outside the training set",
                () -> wrongBatch(batch -> batch.setIndices(3, EXAMPLES)));
        all.put("BatchLosses: an example twice", () -> wrongBatch(batch -> batch.setIndices(5, 4)));
        all.put("BatchLosses: an example that the epoch's mask does not keep", MistakesTest::leftOutByTheDiet);
        all.put(
                "BatchLosses: another number of losses than of indices",
                () -> wrongBatch(batch -> batch.clearLosses().addAllLosses(Collections.nCopies(7, 1f))));
        all.put("BatchLosses: a loss that is not finite", () -> wrongBatch(batch -> batch.setLosses(2, Float.NaN)));
        all.put("BatchLosses: a negative loss", () -> wrongBatch(batch -> batch.setLosses(2, -.5f)));
        all.put(
                "BatchLosses: classifications of another number of examples",
                () -> wrongBatch(batch -> batch.setCorrect(ByteString.copyFrom(new byte[2]))));
        all.put("BatchSpan: without reads_spans", MistakesTest::spanWithoutConsent);
        all.put("BatchSpan: more batches than the window", () -> wrongSpan(span -> span.add(batch(2).clearLosses())));
        all.put(
                "BatchSpan: batches that do not follow one another",
                () -> wrongSpan(span -> span.get(1).setBatch(2)));
        all.put("BatchSpan: losses", () -> wrongSpan(span -> span.get(1).addAllLosses(Collections.nCopies(BATCH, 1f))));
        TrainedLosses.Builder step = TrainedLosses.newBuilder().setEpoch(1).addIndices(1);
        all.put(
                "TrainedLosses: no losses",
                () -> new Bench().opened().epoch(1).refusal(message -> message.setTrainedLosses(step)));
        all.put("TrainedLosses: an epoch out of range", () -> new Bench()
                .opened()
                .epoch(1)
                .refusal(message -> message.setTrainedLosses(
                        TrainedLosses.newBuilder().addIndices(1).addLosses(1))));
        all.put(
                "TrainedSteps: more steps than the window",
                () -> new Bench().opened().epoch(1).refusal(message -> message.getTrainedStepsBuilder()
                        .addAllSteps(Collections.nCopies(3, step.build()))));
        all.put(
                "StateRequested: another epoch than the open one",
                () -> new Bench().opened().epoch(1).refusal(message -> message.getStateRequestedBuilder()
                        .setEpoch(2)));
        all.put(
                "StateGiven: a part out of order",
                () -> wrongState(given -> given.getStateBuilder().setPart(1)));
        all.put(
                "StateGiven: another dataset or seed than the attempt's",
                () -> wrongState(given -> given.getOpenedBuilder().setSeed(8)));
        all.put("AttemptClosed: an accuracy out of range", () -> new Bench()
                .opened()
                .refusal(message -> message.getAttemptClosedBuilder().setAccuracy(93.1)));
        return all;
    }

    private interface Mistake {
        String reason();
    }

    static Stream<Arguments> table() throws Exception {
        return rows().stream().map(row -> Arguments.of(row.name(), row.reason()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void isRefusedWithTheReasonOfTheProtocol(String name, String stated) {
        Mistake mistake = mistakes().get(name);
        assertThat(mistake).as("a test of the row %s", name).isNotNull();

        String reason = mistake.reason();

        String expected =
                Arrays.stream(stated.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".+"));
        assertThat(reason.replaceFirst("^epoch \\d+[^:]*: ", "")).matches(expected);
    }

    @Test
    void theProtocolListsEveryMistakeOnce() throws Exception {
        assertThat(rows().stream().map(Row::name))
                .containsExactlyInAnyOrderElementsOf(mistakes().keySet());
    }

    @Test
    void examplesThatComeTwiceAreFoundWhereverTheyAre() {
        Marks marks = new Marks();
        int[] all = IntStream.range(0, 4_096).map(i -> i * 4_096).toArray();
        assertThat(marks.firstTwice(all)).isEqualTo(-1);
        for (int place : new int[] {1, 17, 4_095}) {
            int[] twice = all.clone();
            twice[place] = twice[place - 1];
            assertThat(marks.firstTwice(twice)).isEqualTo(place);
        }
        assertThat(marks.firstTwice(new int[] {0, Integer.MAX_VALUE - 1, 0})).isEqualTo(2);
        assertThat(marks.firstTwice(new int[] {5}))
                .as("nothing is left of those before")
                .isEqualTo(-1);
    }

    @Test
    void lookingForExamplesThatComeTwiceAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Marks marks = new Marks();
        int[] batch = IntStream.range(0, 4_096).toArray();
        int found = marks.firstTwice(batch);
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            found += marks.firstTwice(batch);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes of 100 batches; a set of one batch takes 16 kB")
                .isLessThan(4_096);
        assertThat(found).isEqualTo(-101);
    }
}
