package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A span is answered with the masks that its batches get one by one, and leaves the same state and records behind. */
class SpansTest {
    private static final int EXAMPLES = 400;
    private static final int BATCH = 16;
    private static final int WINDOW = 6;
    private static final int EPOCHS = 3;
    private static final Policy RANDOM =
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.RANDOM).build();
    private static final Policy REPLAY = RANDOM.toBuilder()
            .setKind(Policy.Kind.REPLAY)
            .setKeep(1)
            .setOf("other")
            .build();

    /** Masks of a run named other: every third example. */
    private static final class Recorded extends NoSources {
        int notYet;

        @Override
        public RecordedRun record(String of, int examples, String fingerprint) {
            RecordedRun.Epoch epoch = new RecordedRun.Epoch(1, EXAMPLES / 3, null, PolicyWire.fromWire(RANDOM));
            return new RecordedRun(of, 1, "0123456789abcdef", null, "", Collections.nCopies(EPOCHS, epoch));
        }

        @Override
        public Optional<MaskRecords.Masks> masks(RecordedRun run, int epoch) {
            if (notYet-- > 0) {
                throw new PendingException();
            }
            BitSet thirds = new BitSet();
            IntStream.range(0, EXAMPLES).filter(i -> i % 3 == epoch % 3).forEach(thirds::set);
            return Optional.of(new MaskRecords.Masks(thirds, null));
        }
    }

    /** A selector and what it has said to its one run. */
    private static final class Side {
        final boolean spans;
        final Recorded sources = new Recorded();
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final MaskAnswers selector;
        final List<LossMessage> log = new ArrayList<>();
        final List<BatchMask> masks = new ArrayList<>();
        final List<MaskRecord> records = new ArrayList<>();
        int messages;

        Side(boolean spans) {
            this.spans = spans;
            SelectorConfig config = TestConfig.of(Map.of());
            List<MaskAnswers> alone = new ArrayList<>();
            selector = new MaskAnswers(
                    sources,
                    config,
                    new Room(config, 1L << 30, alone::stream),
                    new Decisions(),
                    new SelectorMeters(registry));
            alone.add(selector);
        }

        List<MaskMessage> say(LossMessage.Builder event) throws PoisonException {
            LossMessage message = event.setRunId("run").build();
            List<MaskMessage> answers = selector.answer(message, log.size(), 1_000);
            log.add(message);
            messages += answers.size();
            answers.forEach(answer -> masks.addAll(masks(answer)));
            records.addAll(selector.takeRecords());
            return answers;
        }

        void announce(List<BatchLosses> batches) throws PoisonException {
            if (spans) {
                say(span(batches));
                return;
            }
            for (BatchLosses batch : batches) {
                say(LossMessage.newBuilder().setBatchLosses(batch));
            }
        }

        void open(long seed) throws PoisonException {
            AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                    .setSeed(seed)
                    .setBatchSize(BATCH)
                    .setEpochs(EPOCHS)
                    .setWindow(WINDOW)
                    .setReadsSpans(spans);
            opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
            say(LossMessage.newBuilder().setAttemptOpened(opened));
        }

        MaskMessage openEpoch(int epoch, Policy policy) throws PoisonException {
            return say(LossMessage.newBuilder()
                            .setEpochOpened(
                                    EpochOpened.newBuilder().setEpoch(epoch).setPolicy(policy)))
                    .get(0);
        }

        /** Returns the state of the run, without what names the attempt. */
        List<MaskMessage> state(int epoch) throws PoisonException {
            return say(LossMessage.newBuilder()
                    .setStateRequested(StateRequested.newBuilder().setEpoch(epoch)));
        }

        double judged() {
            return registry.find("dietsb_masks").counters().stream()
                    .mapToDouble(Counter::count)
                    .sum();
        }
    }

    private static LossMessage.Builder span(List<BatchLosses> batches) {
        return LossMessage.newBuilder().setBatchSpan(BatchSpan.newBuilder().addAllBatches(batches));
    }

    private static List<BatchMask> masks(MaskMessage answer) {
        return answer.hasBatchMask()
                ? List.of(answer.getBatchMask())
                : answer.getSpanMask().getMasksList();
    }

    static Stream<Arguments> policies() {
        Policy diet = RANDOM.toBuilder()
                .setPrePruned(.25)
                .setOrder(Policy.DietOrder.RANDOM_ORDER)
                .build();
        return Stream.of(
                        RANDOM,
                        RANDOM.toBuilder().setKeep(.125).build(),
                        RANDOM.toBuilder()
                                .setKind(Policy.Kind.BASELINE)
                                .setKeep(1)
                                .build(),
                        diet.toBuilder().setKind(Policy.Kind.DIET).setKeep(1).build(),
                        diet.toBuilder().setKind(Policy.Kind.DIET_RANDOM).build(),
                        RANDOM.toBuilder().setKind(Policy.Kind.INFOBATCH).build(),
                        RANDOM.toBuilder().setKind(Policy.Kind.REPB).build(),
                        REPLAY,
                        // Its batches before its start, which are trained whole.
                        Stored.SELECTIVE.toBuilder()
                                .setRule(Policy.Rule.PERCENTILE)
                                .setHistorySize(64)
                                .build())
                .flatMap(policy -> Stream.of(1L, -7L).map(seed -> Arguments.of(policy.getKind(), seed, policy)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("policies")
    void masksOfASpanAreThoseOfItsBatches(Policy.Kind kind, long seed, Policy policy) throws PoisonException {
        // Given
        Side oneByOne = new Side(false);
        Side inSpans = new Side(true);
        List<Side> both = List.of(oneByOne, inSpans);
        Random random = new Random(seed);

        // When
        for (Side side : both) {
            side.open(seed);
        }
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            MaskMessage opened = oneByOne.openEpoch(epoch, policy);
            MaskMessage same = inSpans.openEpoch(epoch, policy);
            assertThat(same.getEpochMask()).isEqualTo(opened.getEpochMask());
            assertThat(opened.getTakesSpans()).isFalse();
            assertThat(same.getTakesSpans()).isTrue();
            List<BatchLosses> batches = batches(epoch, kept(opened), kind == Policy.Kind.SELECTIVE, random);
            for (int first = 0; first < batches.size(); ) {
                int end = Math.min(batches.size(), first + 1 + random.nextInt(WINDOW));
                List<BatchLosses> span = batches.subList(first, end);
                List<LossMessage.Builder> steps =
                        span.stream().map(batch -> step(batch, random)).toList();
                // A trainer reports steps before it announces the span that was due before them.
                inTurn(oneByOne, span, steps);
                inSpans.say(together(steps));
                inSpans.announce(span);
                first = end;
            }
            assertThat(inSpans.state(epoch))
                    .as("the state after epoch %d", epoch)
                    .isEqualTo(oneByOne.state(epoch));
        }
        for (Side side : both) {
            side.say(LossMessage.newBuilder()
                    .setAttemptClosed(AttemptClosed.newBuilder().setReason("completed")));
        }

        // Then
        assertThat(inSpans.masks).isEqualTo(oneByOne.masks).isNotEmpty();
        assertThat(inSpans.records.stream().map(MaskRecord::toByteString))
                .isEqualTo(
                        oneByOne.records.stream().map(MaskRecord::toByteString).toList())
                .hasSize(EPOCHS + 1);
        assertThat(inSpans.judged()).isEqualTo(oneByOne.judged()).isEqualTo(oneByOne.masks.size());
        assertThat(inSpans.messages).isLessThan(oneByOne.messages);
        assertASuccessorGoesOn(inSpans);
    }

    private static LossMessage.Builder together(List<LossMessage.Builder> steps) {
        TrainedSteps.Builder all = TrainedSteps.newBuilder();
        steps.forEach(step -> all.addSteps(step.getTrainedLosses()));
        return LossMessage.newBuilder().setTrainedSteps(all);
    }

    private static void inTurn(Side side, List<BatchLosses> batches, List<LossMessage.Builder> steps)
            throws PoisonException {
        for (int i = 0; i < batches.size(); i++) {
            side.announce(batches.subList(i, i + 1));
            side.say(steps.get(i));
        }
    }

    /** Replays the log up to each of some places and compares the rest. */
    private static void assertASuccessorGoesOn(Side uncut) throws PoisonException {
        for (int cut = 2; cut < uncut.log.size(); cut += 7) {
            Side successor = new Side(true);
            List<BatchMask> before = new ArrayList<>();
            for (int at = 0; at < cut; at++) {
                successor.selector.replay(uncut.log.get(at), at, 1_000);
            }
            successor.selector.lastAnswers().forEach(again -> before.addAll(masks(again)));
            assertThat(uncut.masks).containsAll(before);
            for (LossMessage message : uncut.log.subList(cut, uncut.log.size())) {
                successor.log.clear();
                successor.log.addAll(Collections.nCopies(cut, message));
                successor.say(message.toBuilder());
            }
            assertThat(successor.masks)
                    .as("after message %d", cut)
                    .isEqualTo(uncut.masks.subList(uncut.masks.size() - successor.masks.size(), uncut.masks.size()));
        }
    }

    private static List<Integer> kept(MaskMessage opened) {
        byte[] bits = opened.getEpochMask().getKept().toByteArray();
        BitSet kept = BitSet.valueOf(bits);
        return IntStream.range(0, EXAMPLES)
                .filter(i -> bits.length == 0 || kept.get(i))
                .boxed()
                .toList();
    }

    private static List<BatchLosses> batches(int epoch, List<Integer> kept, boolean whole, Random random) {
        List<Integer> order = new ArrayList<>(kept);
        Collections.shuffle(order, random);
        List<BatchLosses> batches = new ArrayList<>();
        for (int first = 0; first < order.size(); first += BATCH) {
            batches.add(BatchLosses.newBuilder()
                    .setEpoch(epoch)
                    .setBatch(batches.size())
                    .setWhole(whole || random.nextInt(5) == 0)
                    .addAllIndices(order.subList(first, Math.min(order.size(), first + BATCH)))
                    .build());
        }
        return batches;
    }

    private static LossMessage.Builder step(BatchLosses batch, Random random) {
        TrainedLosses.Builder step =
                TrainedLosses.newBuilder().setEpoch(batch.getEpoch()).addAllIndices(batch.getIndicesList());
        batch.getIndicesList().forEach(index -> step.addLosses(random.nextInt(100) / 25f));
        return LossMessage.newBuilder().setTrainedLosses(step);
    }

    private static List<BatchLosses> three() {
        List<Integer> order = IntStream.range(0, EXAMPLES).boxed().toList();
        List<BatchLosses> batches = new ArrayList<>();
        for (int batch = 0; batch < 3; batch++) {
            batches.add(BatchLosses.newBuilder()
                    .setEpoch(1)
                    .setBatch(batch)
                    .setWhole(batch == 0)
                    .addAllIndices(order.subList(batch * BATCH, (batch + 1) * BATCH))
                    .build());
        }
        return batches;
    }

    /** The same three batches, which replay a run whose masks have not been looked up yet. */
    private static List<BatchLosses> ofAnother() {
        List<BatchLosses> batches = new ArrayList<>();
        for (BatchLosses batch : three()) {
            batches.add(batch.toBuilder().setRevision(1).build());
        }
        Policy another = REPLAY.toBuilder().setOf("another").build();
        batches.set(0, batches.get(0).toBuilder().setPolicy(another).build());
        return batches;
    }

    private static Side opened(Policy policy) throws PoisonException {
        Side side = new Side(true);
        side.open(5);
        side.openEpoch(1, policy);
        return side;
    }

    @Test
    void aSpanThatWaitsForALookUpIsJudgedOnce() throws PoisonException {
        Side side = opened(REPLAY);
        Side undisturbed = opened(REPLAY);
        undisturbed.announce(ofAnother());

        side.sources.notYet = 1;
        assertThatThrownBy(() -> side.announce(ofAnother())).isInstanceOf(PendingException.class);
        assertThat(side.judged()).isZero();
        side.announce(ofAnother());

        assertThat(side.masks).isEqualTo(undisturbed.masks).hasSize(3);
        assertThat(side.judged()).isEqualTo(3);
    }

    @Test
    void aSpanThatIsAnnouncedAgainHasTheSameAnswerAndCountsOnce() throws PoisonException {
        Side side = opened(RANDOM);
        List<MaskMessage> first = side.say(span(three()));
        List<MaskMessage> again = side.say(span(three()));
        List<MaskMessage> alone = side.say(LossMessage.newBuilder().setBatchLosses(three().get(1)));

        assertThat(first).hasSize(1).isEqualTo(again);
        assertThat(alone).hasSize(1);
        assertThat(alone.get(0).getBatchMask())
                .isEqualTo(first.get(0).getSpanMask().getMasks(1));
        assertThat(side.judged()).isEqualTo(3);
    }

    private static void assertPoison(String reason, Consumer<List<BatchLosses.Builder>> damage) throws PoisonException {
        Side side = opened(RANDOM);
        List<BatchLosses.Builder> batches =
                new ArrayList<>(three().stream().map(BatchLosses::toBuilder).toList());
        damage.accept(batches);
        List<BatchLosses> damaged =
                batches.stream().map(BatchLosses.Builder::build).toList();

        assertThatThrownBy(() -> side.announce(damaged))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining(reason);
        assertThat(side.judged()).as("none of its batches is judged").isZero();
        side.announce(three());
        assertThat(side.masks).hasSize(3);
    }

    @Test
    void aSpanThatCannotBeUsedChangesNothing() throws PoisonException {
        assertPoison("a span of 0 batches, allowed is [1, 6], the window", List::clear);
        assertPoison("a span of 9 batches, allowed is [1, 6]", batches -> {
            batches.addAll(List.copyOf(batches));
            batches.addAll(List.copyOf(batches.subList(0, 3)));
        });
        assertPoison("batch 1 of a span does not follow", batches -> batches.remove(1));
        assertPoison(
                "batch 1 of a span does not follow", batches -> batches.get(1).setEpoch(2));
        assertPoison(
                "batch 1 of a span does not follow", batches -> batches.get(1).setRevision(1));
        assertPoison(
                "batch 2 of a span does not follow", batches -> batches.get(2).setPolicy(RANDOM));
        assertPoison("batch 1 of a span has losses", batches -> IntStream.range(0, BATCH)
                .forEach(i -> batches.get(1).addLosses(1)));
        assertPoison("indices[3] is 400", batches -> batches.get(2).setIndices(3, EXAMPLES));
        assertPoison(
                "a span of 100002 examples",
                batches ->
                        batches.forEach(batch -> batch.clearIndices().addAllIndices(Collections.nCopies(33_334, 1))));
    }

    @Test
    void stepsOfWhichOneCannotBeUsedChangeNothing() throws PoisonException {
        Side side = opened(RANDOM);
        Side untouched = opened(RANDOM);
        Random random = new Random(3);
        List<LossMessage.Builder> steps =
                three().stream().map(batch -> step(batch, random)).toList();
        steps.get(2).getTrainedLossesBuilder().setLosses(1, Float.NaN);

        assertThatThrownBy(() -> side.say(together(steps)))
                .isInstanceOf(PoisonException.class)
                .hasMessageContaining("losses[1] is NaN");
        assertThatThrownBy(() -> side.say(together(Collections.nCopies(7, steps.get(0)))))
                .isInstanceOf(PoisonException.class)
                .hasMessage("7 steps, allowed are [1, 6], the window");
        assertThat(side.state(1)).isEqualTo(untouched.state(1));
    }

    @Test
    void refusesASpanWithItsPlace() {
        LossMessage message = span(three()).setRunId("run").setAttempt(1).build();

        assertThat(Answer.refused(message, 9, "no").orElseThrow().getRefused().getReason())
                .isEqualTo("epoch 1, batches from 0 on: no");
        assertThat(Answer.refused(message, 9, "no").orElseThrow().getRefused().getEpoch())
                .isEqualTo(1);
    }
}
