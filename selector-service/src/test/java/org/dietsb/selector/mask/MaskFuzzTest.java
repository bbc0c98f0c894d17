package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dietsb.kit.topic.Mutations;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;
import org.junit.jupiter.api.Test;

/** Whatever lies on batch-losses between a run's messages, its masks are those of an undisturbed run. */
class MaskFuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", 20_240_607);
    private static final String HEALTHY = "healthy";
    private static final int OTHERS = 8;
    private static final int EXAMPLES = 500;
    private static final int BATCH = 16;
    private static final int EPOCHS = 24;
    private static final int BATCHES = 20;
    private static final long NOW = 1_700_000_000_000L;
    /** Offsets between two messages of the healthy run. */
    private static final long STRIDE = 10_000_000;

    private static final int BETWEEN_OPENINGS = 200;
    private static final Policy PERCENTILE = Stored.SELECTIVE.toBuilder()
            .setRule(Policy.Rule.PERCENTILE)
            .setHistorySize(64)
            .build();
    private static final List<Policy> POLICIES = List.of(
            Stored.SELECTIVE,
            PERCENTILE,
            PERCENTILE.toBuilder().setHistorySize(1_024).build(),
            PERCENTILE.toBuilder().setLossesEvery(3).build(),
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.RANDOM).build(),
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.INFOBATCH).build(),
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.REPB).build(),
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.BLS).build(),
            Stored.SELECTIVE.toBuilder().setKind(Policy.Kind.IES).build());

    private final Random random = new Random(SEED);
    private final Mutations mutations = new Mutations(random);
    private final List<MaskAnswers> selectors = new ArrayList<>();
    /** What each epoch of the healthy run keeps, by its number. */
    private final List<BitSet> kept = new ArrayList<>(List.of(new BitSet()));

    /** The epoch in which the healthy run is. */
    private int current = 1;

    private MaskAnswers selector() {
        SelectorConfig config = TestConfig.of(Map.of("most-runs", "500"));
        List<MaskAnswers> alone = new ArrayList<>();
        MaskAnswers answers = new MaskAnswers(
                new NoSources(),
                config,
                new Room(config, 32L << 20, alone::stream),
                new Decisions(),
                new SelectorMeters(new SimpleMeterRegistry()));
        alone.add(answers);
        selectors.add(answers);
        return answers;
    }

    @Test
    void masksMatchThoseOfAnUndisturbedRun() throws Exception {
        // Given
        List<LossMessage> messages = new ArrayList<>();
        List<List<MaskMessage>> undisturbed = undisturbed(messages);
        MaskAnswers selector = selector();
        Tally tally = new Tally();
        long started = System.nanoTime();

        // When
        Others others = new Others(selector, tally);
        for (int i = 0; i < messages.size(); i++) {
            List<MaskMessage> answers = selector.answer(messages.get(i), (i + 1) * STRIDE, NOW);
            current = Math.max(current, messages.get(i).getEpochOpened().getEpoch());
            assertThat(answers)
                    .as("seed %d, message %d of the healthy run", SEED, i)
                    .isEqualTo(undisturbed.get(i));
            long until = Mutations.MESSAGES * (i + 1L) / messages.size();
            for (long offset = (i + 1) * STRIDE + 1; tally.fed < until; offset++) {
                others.disturb(offset);
            }
        }

        // Then
        tally.report("batch-losses", started);
        assertThat(tally.fed).isGreaterThanOrEqualTo(Mutations.MESSAGES);
        assertThat(tally.answered + tally.poison + tally.ignored)
                .as("seed %d", SEED)
                .isEqualTo(tally.fed);
        assertThat(List.of(tally.answered, tally.poison, tally.ignored)).allMatch(count -> count > tally.fed / 100);
    }

    @Test
    void replaysALogOfMutatedMessages() {
        MaskAnswers selector = selector();
        List<byte[]> valid = valid(new long[OTHERS]);
        int poison = 0;
        for (int offset = 1; offset <= Mutations.MESSAGES; offset++) {
            byte[] mutant = mutations.of(valid);
            try {
                selector.replay(MaskAnswers.parse(mutant), offset, NOW);
            } catch (PoisonException declared) {
                poison++;
            } catch (RuntimeException undeclared) {
                throw new AssertionError("seed " + SEED + ", offset " + offset, undeclared);
            }
        }
        assertThat(poison).isBetween(1, Mutations.MESSAGES);
        assertThat(selector.runs()).isLessThanOrEqualTo(500);
        assertThat(selector.lossBytes()).isLessThanOrEqualTo(16L << 20);
        assertThat(selector.lastAnswers()).isNotEmpty();
        assertThat(selector.reports.take(NOW, 1_000, 1_000)).isNotEmpty();
    }

    private static final class Tally {
        int fed;
        int answered;
        int poison;
        int ignored;

        void report(String topic, long startedNanos) {
            System.out.printf(
                    "%s: %d fed = %d answered + %d poison + %d ignored, %.1f s%n",
                    topic, fed, answered, poison, ignored, (System.nanoTime() - startedNanos) / 1e9);
        }
    }

    /** Whoever else writes to the partition. */
    private final class Others {
        final MaskAnswers selector;
        final Tally tally;
        final long[] attempts = new long[OTHERS];
        List<byte[]> valid;
        int untilOpening;

        Others(MaskAnswers selector, Tally tally) {
            this.selector = selector;
            this.tally = tally;
            for (int run = 0; run < OTHERS; run++) {
                attempts[run] = run + 1L;
                feed(message(run, 0).setAttemptOpened(opened(run)).build().toByteArray(), run + 1L);
            }
            valid = valid(attempts);
        }

        void disturb(long offset) {
            if (untilOpening-- == 0) {
                untilOpening = BETWEEN_OPENINGS;
                int run = random.nextInt(OTHERS);
                attempts[run] = offset;
                valid = valid(attempts);
                feed(message(run, 0).setAttemptOpened(opened(run)).build().toByteArray(), offset);
            } else if (random.nextInt(20) == 0) {
                int before = tally.poison;
                LossMessage broken = brokenOfHealthy();
                feed(broken.toByteArray(), offset);
                assertThat(tally.poison).as("seed %d, %s", SEED, broken).isEqualTo(before + 1);
            } else {
                byte[] mutant = mutations.of(valid);
                while (isOfHealthy(mutant)) {
                    mutant = mutations.of(valid);
                }
                feed(mutant, offset);
            }
        }

        private void feed(byte[] value, long offset) {
            tally.fed++;
            try {
                if (selector.answer(MaskAnswers.parse(value), offset, NOW).isEmpty()) {
                    tally.ignored++;
                } else {
                    tally.answered++;
                }
            } catch (PoisonException declared) {
                tally.poison++;
            } catch (RuntimeException undeclared) {
                throw new AssertionError("seed " + SEED + ", offset " + offset, undeclared);
            }
        }
    }

    /** Whether a mutation came out as one that the healthy run itself could have written. */
    private static boolean isOfHealthy(byte[] value) {
        try {
            LossMessage message = MaskAnswers.parse(value);
            return message.getRunId().equals(HEALTHY) && (message.hasAttemptOpened() || message.getAttempt() == STRIDE);
        } catch (PoisonException none) {
            return false;
        }
    }

    /** Of the healthy run's attempt, and wrong in one place: nothing else of it may count. */
    private LossMessage brokenOfHealthy() {
        LossMessage.Builder message = LossMessage.newBuilder().setRunId(HEALTHY).setAttempt(STRIDE);
        int revision = current % POLICIES.size();
        Policy policy = POLICIES.get(revision);
        BatchLosses.Builder batch =
                batch(current, BATCHES, revision, true, kept.get(current)).setPolicy(policy);
        Policy unknown = policy.toBuilder().setKindValue(99).build();
        int place = random.nextInt(BATCH);
        StateGiven.Builder given = StateGiven.newBuilder().setOpened(opened(-1)).setState(part(0, 1, 1.5f));
        return switch (random.nextInt(9)) {
            case 0 -> message.setBatchLosses(batch.setIndices(place, EXAMPLES)).build();
            case 1 -> message.setBatchLosses(batch.setLosses(place, Float.NaN)).build();
            case 2 -> message.setBatchLosses(batch.addLosses(1)).build();
            case 3 -> message.setBatchLosses(batch.setPolicy(unknown)).build();
            case 4 ->
                message.setEpochOpened(EpochOpened.newBuilder()
                                .setEpoch(current)
                                .setRevision(revision)
                                .setPolicy(unknown))
                        .build();
            case 5 ->
                message.setTrainedLosses(TrainedLosses.newBuilder()
                                .setEpoch(current)
                                .addIndices(0)
                                .addLosses(1)
                                .addIndices(-1)
                                .addLosses(1))
                        .build();
            case 6 -> message.setStateGiven(given.setState(part(3, 2, 1))).build();
            case 7 -> message.setStateGiven(given.setOpened(opened(0))).build();
            default ->
                message.setStateGiven(given.setState(part(0, 1, Float.POSITIVE_INFINITY)))
                        .build();
        };
    }

    private static SelectorState part(int part, int parts, float loss) {
        return SelectorState.newBuilder()
                .setPart(part)
                .setParts(parts)
                .setHistorySize(64)
                .addHistory(1)
                .addLastLosses(1)
                .addLastLosses(loss)
                .build();
    }

    /** What trainers write: of other runs, held, and of attempts of the healthy run before and after its own. */
    private List<byte[]> valid(long[] attempts) {
        List<byte[]> valid = new ArrayList<>();
        for (int run = 0; run < OTHERS; run++) {
            for (LossMessage.Builder event : events(run)) {
                valid.add(event.setRunId("other-" + run)
                        .setAttempt(attempts[run])
                        .build()
                        .toByteArray());
            }
        }
        for (LossMessage.Builder event : events(-1)) {
            if (!event.hasAttemptOpened()) {
                event.setRunId(HEALTHY);
                valid.add(event.setAttempt(1).build().toByteArray());
                valid.add(event.setAttempt(2 * STRIDE).build().toByteArray());
            }
        }
        return valid;
    }

    /** One of each kind. */
    private List<LossMessage.Builder> events(int run) {
        Policy policy = POLICIES.get(random.nextInt(POLICIES.size()));
        List<LossMessage.Builder> events = new ArrayList<>();
        events.add(LossMessage.newBuilder().setAttemptOpened(opened(run)));
        events.add(LossMessage.newBuilder()
                .setEpochOpened(
                        EpochOpened.newBuilder().setEpoch(1).setRevision(1).setPolicy(policy)));
        events.add(LossMessage.newBuilder().setBatchLosses(batch(1, 0, 1, true).setPolicy(policy)));
        events.add(LossMessage.newBuilder().setBatchLosses(batch(1, 1, 1, false)));
        events.add(LossMessage.newBuilder()
                .setBatchSpan(
                        BatchSpan.newBuilder().addBatches(batch(1, 2, 1, false)).addBatches(batch(1, 3, 1, false))));
        events.add(LossMessage.newBuilder().setTrainedLosses(trained(1)));
        events.add(LossMessage.newBuilder()
                .setTrainedSteps(TrainedSteps.newBuilder().addSteps(trained(1)).addSteps(trained(1))));
        events.add(LossMessage.newBuilder()
                .setStateRequested(StateRequested.newBuilder().setEpoch(1).setBatch(2)));
        for (int part = 0; part < 2; part++) {
            events.add(LossMessage.newBuilder()
                    .setStateGiven(
                            StateGiven.newBuilder().setOpened(opened(run)).setState(part(part, 2, 1))));
        }
        LossMessage.Builder closed = LossMessage.newBuilder();
        closed.getAttemptClosedBuilder().setReason("completed");
        events.add(closed);
        return events;
    }

    private static LossMessage.Builder message(int run, long attempt) {
        return LossMessage.newBuilder().setRunId("other-" + run).setAttempt(attempt);
    }

    private static AttemptOpened opened(int run) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(run)
                .setBatchSize(BATCH)
                .setWindow(4)
                .setEpochs(EPOCHS);
        opened.getDatasetBuilder().setCount(EXAMPLES).setClasses(10).setChecksum("images");
        return opened.build();
    }

    private BatchLosses.Builder batch(int epoch, int number, int revision, boolean withLosses) {
        return batch(epoch, number, revision, withLosses, kept(EpochMask.getDefaultInstance()));
    }

    private BatchLosses.Builder batch(int epoch, int number, int revision, boolean withLosses, BitSet from) {
        BatchLosses.Builder batch =
                BatchLosses.newBuilder().setEpoch(epoch).setBatch(number).setRevision(revision);
        batch.addAllIndices(Draws.of(random, from, BATCH));
        if (withLosses) {
            batch.getIndicesList().forEach(index -> batch.addLosses(random.nextFloat() * 5));
        }
        return batch;
    }

    private TrainedLosses.Builder trained(int epoch) {
        TrainedLosses.Builder trained = TrainedLosses.newBuilder().setEpoch(epoch);
        for (int i = 0; i < 8; i++) {
            trained.addIndices(random.nextInt(EXAMPLES)).addLosses(random.nextFloat() * 5);
        }
        return trained;
    }

    /** Returns the answers to the healthy run when it is alone, and adds its messages, the first at offset STRIDE. */
    private List<List<MaskMessage>> undisturbed(List<LossMessage> messages) throws PoisonException {
        MaskAnswers selector = selector();
        List<List<MaskMessage>> answers = new ArrayList<>();
        List<LossMessage.Builder> next = new ArrayList<>();
        next.add(LossMessage.newBuilder().setAttemptOpened(opened(-1)));
        for (int epoch = 1; epoch <= EPOCHS; epoch++) {
            int revision = epoch % POLICIES.size();
            Policy policy = POLICIES.get(revision);
            next.add(LossMessage.newBuilder()
                    .setEpochOpened(EpochOpened.newBuilder()
                            .setEpoch(epoch)
                            .setRevision(revision)
                            .setPolicy(policy)));
            for (LossMessage.Builder event : next) {
                answers.add(say(selector, event, messages));
            }
            next.clear();
            kept.add(kept(answers.get(answers.size() - 1).get(0).getEpochMask()));
            for (int batch = 0; batch < BATCHES; batch++) {
                next.add(LossMessage.newBuilder()
                        .setBatchLosses(batch(epoch, batch, revision, policy.getLossesEvery() < 3, kept.get(epoch))));
                next.add(LossMessage.newBuilder().setTrainedLosses(trained(epoch)));
            }
            next.add(LossMessage.newBuilder()
                    .setStateRequested(
                            StateRequested.newBuilder().setEpoch(epoch).setBatch(BATCHES)));
            for (LossMessage.Builder event : next) {
                answers.add(say(selector, event, messages));
            }
            next.clear();
            for (SelectorState state : halves(answers.get(answers.size() - 1))) {
                next.add(LossMessage.newBuilder()
                        .setStateGiven(
                                StateGiven.newBuilder().setOpened(opened(-1)).setState(state)));
            }
        }
        return answers;
    }

    private static BitSet kept(EpochMask mask) {
        BitSet kept = new BitSet();
        kept.set(0, EXAMPLES);
        if (!mask.getKept().isEmpty()) {
            kept.and(BitSet.valueOf(mask.getKept().toByteArray()));
        }
        return kept;
    }

    /** The state of one part as two, so that something may come between them. */
    private static List<SelectorState> halves(List<MaskMessage> answers) {
        SelectorState whole = answers.get(0).getSelectorState();
        SelectorState.Builder second =
                whole.toBuilder().setPart(1).setParts(2).clearHistory().setFirstIndex(whole.getFirstIndex());
        return List.of(
                whole.toBuilder()
                        .setParts(2)
                        .clearLastLosses()
                        .clearFirstIndex()
                        .build(),
                second.build());
    }

    private static List<MaskMessage> say(MaskAnswers selector, LossMessage.Builder event, List<LossMessage> messages)
            throws PoisonException {
        LossMessage message = event.setRunId(HEALTHY)
                .setAttempt(event.hasAttemptOpened() ? 0 : STRIDE)
                .build();
        messages.add(message);
        return selector.answer(message, messages.size() * STRIDE, NOW);
    }
}
