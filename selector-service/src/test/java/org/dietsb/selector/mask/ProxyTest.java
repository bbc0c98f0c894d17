package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.source.NoSources;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.StateGiven;
import org.dietsb.trainer.wire.StateRequested;
import org.junit.jupiter.api.Test;

/** A run and its proxy: both have the same masks, whichever of the two or of the selectors dies. */
class ProxyTest {
    private static final int BATCH = 8;
    private static final int BATCHES = 5;
    private static final int EXAMPLES = BATCH * BATCHES;
    private static final int EPOCHS = 3;
    private static final int WINDOW = 2;
    private static final String RUN = "run";
    private static final String PROXY = "run-proxy";
    private static final Policy OWN = Stored.SELECTIVE;
    private static final Policy BY_PROXY = OWN.toBuilder().setProxy("resnet8").build();

    private static final SelectorConfig CONFIG = TestConfig.of(Map.of("forget-after", "PT1H"));

    private final List<MaskAnswers> selectors = new ArrayList<>();
    private final Map<Integer, MaskRecords.Masks> kept = new HashMap<>();

    private MaskAnswers selector() {
        NoSources recorded = new NoSources() {
            @Override
            public RecordedRun record(String of, int examples, String fingerprint) throws RefusalException {
                return kept.size() < EPOCHS
                        ? super.record(of, examples, fingerprint)
                        : new RecordedRun(of, 0, "0", null, "", List.of());
            }

            @Override
            public Optional<MaskRecords.Masks> masks(String runId, int epoch, int examples) {
                return Optional.ofNullable(kept.get(epoch));
            }
        };
        MaskAnswers answers = new MaskAnswers(
                recorded,
                CONFIG,
                new Room(CONFIG, 1L << 30, () -> selectors.subList(selectors.size() - 1, selectors.size()).stream()),
                new Decisions(),
                new SelectorMeters(new SimpleMeterRegistry()));
        selectors.add(answers);
        return answers;
    }

    /** The log of a partition and who answers it; the trainers of two runs write it. */
    private final class Log {
        final List<LossMessage> lines = new ArrayList<>();
        MaskAnswers selector = selector();
        final Map<String, Trainer> trainers = new HashMap<>();

        Log() {
            trainers.put(RUN, new Trainer(this, RUN, BY_PROXY));
            trainers.put(PROXY, new Trainer(this, PROXY, OWN));
        }

        Trainer trainer(String id) {
            return Objects.requireNonNull(trainers.get(id), id);
        }

        Trainer run() {
            return trainer(RUN);
        }

        Trainer proxy() {
            return trainer(PROXY);
        }

        long append(LossMessage message) {
            lines.add(message);
            try {
                deliver(selector.answer(message, lines.size() - 1, lines.size()));
            } catch (PoisonException poison) {
                throw new AssertionError(poison);
            }
            selector.takeRecords().stream()
                    .filter(record -> record.getRunId().equals(PROXY) && record.hasEpoch())
                    .forEach(record -> kept.put(
                            record.getEpoch().getEpoch(),
                            new MaskRecords.Masks(
                                    BitSet.valueOf(
                                            record.getEpoch().getSelected().toByteArray()),
                                    null)));
            return lines.size() - 1;
        }

        void deliver(List<MaskMessage> answers) {
            answers.forEach(answer -> trainer(answer.getRunId()).hear(answer));
        }

        /** Another selector takes over, from the lowest offset that suffices. */
        void takeOver() throws PoisonException {
            long from = selector.attempts.rebuildFrom().orElse(lines.size());
            MaskAnswers next = selector();
            for (int i = (int) from; i < lines.size(); i++) {
                next.replay(lines.get(i), i, i + 1);
            }
            next.takeRecords();
            selector = next;
            deliver(next.lastAnswers());
        }
    }

    /** Announces as much as its window allows; has barriers at the ends of epochs. */
    private static final class Trainer {
        final Log log;
        final String id;
        final Policy policy;
        final Map<Long, ByteString> masks = new HashMap<>();
        long attempt = -1;
        int epoch;
        int batch;
        boolean over;
        List<SelectorState> checkpoint = List.of();
        private List<SelectorState> parts = new ArrayList<>();

        Trainer(Log log, String id, Policy policy) {
            this.log = log;
            this.id = id;
            this.policy = policy;
        }

        AttemptOpened opened() {
            AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                    .setSeed(3)
                    .setEpochs(EPOCHS)
                    .setBatchSize(BATCH)
                    .setWindow(WINDOW)
                    .setModel(id);
            opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("f00d");
            return (id.equals(RUN) ? opened.setProxy(PROXY) : opened.setProxyOf(RUN)).build();
        }

        /** A new attempt, from its last checkpoint. */
        void open() {
            attempt = log.lines.size();
            log.append(LossMessage.newBuilder()
                    .setRunId(id)
                    .setAttemptOpened(opened())
                    .build());
            for (SelectorState part : checkpoint) {
                append(LossMessage.newBuilder()
                        .setStateGiven(
                                StateGiven.newBuilder().setOpened(opened()).setState(part)));
            }
            epoch = checkpoint.isEmpty() ? 1 : checkpoint.get(0).getEpoch() + 1;
            batch = 0;
            masks.keySet().removeIf(place -> place >= Pairing.place(epoch, 0));
            openEpoch();
        }

        private void openEpoch() {
            append(LossMessage.newBuilder()
                    .setEpochOpened(EpochOpened.newBuilder().setEpoch(epoch).setPolicy(policy)));
        }

        private void append(LossMessage.Builder event) {
            log.append(event.setRunId(id).setAttempt(attempt).build());
        }

        boolean mayAnnounce() {
            return !over && attempt >= 0 && batch < BATCHES && isAnswered(batch - WINDOW);
        }

        private boolean isAnswered(int to) {
            return to < 0 || masks.containsKey(Pairing.place(epoch, to));
        }

        /** The next thing it can do; false if it waits. */
        boolean act() {
            if (attempt < 0 || over) {
                return false;
            }
            if (batch < BATCHES && mayAnnounce()) {
                announce(false);
                return true;
            }
            if (batch == BATCHES && isAnswered(BATCHES - 1) && isAnswered(BATCHES - 2)) {
                parts = new ArrayList<>();
                append(LossMessage.newBuilder()
                        .setStateRequested(
                                StateRequested.newBuilder().setEpoch(epoch).setBatch(BATCHES)));
                checkpoint = parts;
                for (SelectorState part : checkpoint) {
                    append(LossMessage.newBuilder()
                            .setStateGiven(
                                    StateGiven.newBuilder().setOpened(opened()).setState(part)));
                }
                if (epoch == EPOCHS) {
                    over = true;
                    LossMessage.Builder closed = LossMessage.newBuilder();
                    closed.getAttemptClosedBuilder().setReason("completed");
                    append(closed);
                } else {
                    epoch++;
                    batch = 0;
                    openEpoch();
                }
                return true;
            }
            return false;
        }

        void announce(boolean whole) {
            BatchLosses.Builder losses = BatchLosses.newBuilder()
                    .setEpoch(epoch)
                    .setBatch(batch)
                    .setPolicy(policy)
                    .setWhole(whole);
            Random random = new Random(epoch * 100L + batch);
            for (int i = 0; i < BATCH; i++) {
                losses.addIndices((batch * BATCH + i) * 3 % EXAMPLES);
                if (id.equals(PROXY) && !whole) {
                    losses.addLosses(random.nextInt(1_000) / 100f);
                }
            }
            batch++;
            append(LossMessage.newBuilder().setBatchLosses(losses));
        }

        void hear(MaskMessage answer) {
            assertThat(answer.hasRefused()).as(answer.toString()).isFalse();
            if (answer.getAttempt() != attempt) {
                return;
            }
            if (answer.hasSelectorState()) {
                parts.add(answer.getSelectorState());
            }
            if (answer.hasBatchMask()) {
                long place = Pairing.place(
                        answer.getBatchMask().getEpoch(), answer.getBatchMask().getBatch());
                ByteString before = masks.put(place, answer.getBatchMask().getSelected());
                assertThat(before == null || before.equals(answer.getBatchMask().getSelected()))
                        .as("another mask of the same batch: %s", answer)
                        .isTrue();
            }
        }
    }

    private Log bothToTheEnd(long seed, boolean faults) throws PoisonException {
        Random random = new Random(seed);
        kept.clear();
        selectors.clear();
        Log log = new Log();
        log.run().open();
        log.proxy().open();
        int idle = 0;
        while (!log.run().over || !log.proxy().over) {
            Trainer next = random.nextInt(3) == 0 ? log.run() : log.proxy();
            boolean acted = next.act();
            idle = acted ? 0 : idle + 1;
            assertThat(idle).as("steps without anything to do, seed %s", seed).isLessThan(200);
            if (faults && random.nextInt(12) == 0) {
                Trainer victim = random.nextBoolean() ? log.run() : log.proxy();
                if (!victim.over) {
                    victim.open();
                }
            }
            if (faults && random.nextInt(12) == 0) {
                log.takeOver();
            }
        }
        return log;
    }

    @Test
    void theRunGetsTheMasksOfItsProxyAndAnnouncesNoLosses() throws PoisonException {
        Log log = bothToTheEnd(1, false);

        assertThat(log.run().masks).hasSize(EPOCHS * BATCHES).isEqualTo(log.proxy().masks);
        assertThat(log.run().masks.values())
                .allMatch(mask -> BitSet.valueOf(mask.toByteArray()).cardinality() == BATCH / 2);
        assertThat(log.lines)
                .filteredOn(line -> line.getRunId().equals(RUN))
                .allMatch(line -> line.getBatchLosses().getLossesCount() == 0);
    }

    @Test
    void masksDependOnlyOnTheLogOfTheProxy() throws PoisonException {
        Map<Long, ByteString> undisturbed = bothToTheEnd(1, false).run().masks;

        for (long seed = 2; seed < 200; seed++) {
            Log log = bothToTheEnd(seed, true);

            assertThat(log.run().masks).as("seed %s", seed).isEqualTo(undisturbed);
            assertThat(log.proxy().masks).as("seed %s", seed).isEqualTo(undisturbed);
        }
    }

    @Test
    void theProxyIsAheadByItsWindowAtMost() {
        Log log = new Log();
        log.run().open();
        log.proxy().open();

        while (log.proxy().act()) {
            // As far as it gets.
        }

        assertThat(log.proxy().batch).isEqualTo(WINDOW);
        assertThat(log.proxy().masks).isEmpty();
        log.run().act();
        assertThat(log.proxy().masks).hasSize(1).isEqualTo(log.run().masks);
    }

    @Test
    void theRunWaitsForItsProxy() {
        Log log = new Log();
        log.run().open();
        log.run().act();
        log.run().act();
        assertThat(log.run().masks).isEmpty();

        log.proxy().open();
        log.proxy().act();

        assertThat(log.run().masks).hasSize(1).isEqualTo(log.proxy().masks);
    }

    @Test
    void theProxyDoesNotWaitForAnUnknownRun() {
        Log log = new Log();
        log.proxy().open();

        log.proxy().act();

        assertThat(log.proxy().masks).hasSize(1);
    }

    @Test
    void aBatchTrainedWholeDoesNotWaitForTheProxy() {
        Log log = new Log();
        log.run().open();

        log.run().announce(true);

        assertThat(log.run().masks.values())
                .singleElement()
                .matches(mask -> BitSet.valueOf(mask.toByteArray()).cardinality() == BATCH);
    }

    @Test
    void theProxyStopsWaitingWhenItsRunIsOver() {
        Log log = new Log();
        log.run().open();
        log.proxy().open();
        log.proxy().act();
        assertThat(log.proxy().masks).isEmpty();

        LossMessage.Builder closed = LossMessage.newBuilder();
        closed.getAttemptClosedBuilder().setReason("cancelled");
        log.run().append(closed);

        assertThat(log.proxy().masks).hasSize(1);
    }

    @Test
    void aRunThatFallsBackGetsTheMasksOfEarlierEpochsOfItsProxy() throws PoisonException {
        Log log = bothToTheEnd(1, false);
        Map<Long, ByteString> first = Map.copyOf(log.run().masks);
        Trainer again = log.run();
        again.over = false;
        again.checkpoint = List.of();
        again.open();

        while (again.act()) {
            // The proxy is over: the run uses its record.
        }

        assertThat(again.over).isTrue();
        assertThat(again.masks).isEqualTo(first);
    }

    @Test
    void aForeignProxyIsRefused() throws PoisonException {
        Log log = new Log();
        log.run().open();
        MaskAnswers selector = log.selector;
        AttemptOpened foreign = log.proxy().opened().toBuilder().setSeed(4).build();
        selector.answer(
                LossMessage.newBuilder()
                        .setRunId(PROXY)
                        .setAttemptOpened(foreign)
                        .build(),
                90,
                90);

        LossMessage.Builder batch = LossMessage.newBuilder().setRunId(RUN).setAttempt(log.run().attempt);
        batch.getBatchLossesBuilder().setEpoch(1).setPolicy(BY_PROXY).addIndices(0);
        List<MaskMessage> answers = selector.answer(batch.build(), 91, 91);

        assertThat(answers)
                .singleElement()
                .matches(answer -> answer.getRefused().getReason().contains("not a proxy of this run"));
    }

    @Test
    void aWaitingRunThatIsForgottenIsAnsweredUnknown() {
        Log log = new Log();
        log.run().open();
        log.proxy().open();
        log.proxy().act();

        List<MaskMessage> told =
                log.selector.attempts.forget(Duration.ofHours(2).toMillis());

        assertThat(told)
                .singleElement()
                .matches(answer -> answer.hasUnknown() && answer.getRunId().equals(PROXY));
    }
}
