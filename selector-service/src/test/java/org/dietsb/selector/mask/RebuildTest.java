package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.selector.source.OneScoreSet;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.SelectorState;
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

/** A selector that reads the log from the rebuild offset answers like one that has read all of it. */
class RebuildTest {
    private static final int EXAMPLES = 500;
    private static final int BATCH = 16;
    private static final int WINDOW = 3;
    private static final Policy RANK = Stored.SELECTIVE;
    private static final Policy PERCENTILE =
            RANK.toBuilder().setRule(Policy.Rule.PERCENTILE).setHistorySize(64).build();
    private static final Policy LONG =
            PERCENTILE.toBuilder().setHistorySize(4_096).build();
    private static final List<Policy> POLICIES = List.of(
            RANK,
            PERCENTILE,
            LONG,
            RANK.toBuilder().setLossesEvery(3).build(),
            PERCENTILE.toBuilder().setLossesEvery(3).build(),
            RANK.toBuilder().setKind(Policy.Kind.RANDOM).build(),
            RANK.toBuilder().setKind(Policy.Kind.INFOBATCH).build(),
            RANK.toBuilder().setKind(Policy.Kind.REPB).build(),
            RANK.toBuilder().setKind(Policy.Kind.BLS).build(),
            RANK.toBuilder().setKind(Policy.Kind.IES).build(),
            RANK.toBuilder().setKind(Policy.Kind.RHO).setScoreSet("scores").build(),
            RANK.toBuilder().setKind(Policy.Kind.RCAP).setScoreSet("scores").build());
    private static final ScoreSet SCORES = scores();

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SelectorMeters meters = new SelectorMeters(registry);

    private static ScoreSet scores() {
        float[] scores = new float[EXAMPLES];
        int[] labels = new int[EXAMPLES];
        for (int index = 0; index < EXAMPLES; index++) {
            scores[index] = index % 13 / 6f;
            labels[index] = index * index % 7;
        }
        return new ScoreSet("scores", "images", scores, labels, "last-loss");
    }

    private MaskAnswers selector() {
        SelectorConfig config = TestConfig.of(Map.of("forget-after", "PT1H"));
        List<MaskAnswers> alone = new ArrayList<>();
        MaskAnswers answers = new MaskAnswers(
                new OneScoreSet(SCORES), config, new Room(config, 1L << 30, alone::stream), new Decisions(), meters);
        alone.add(answers);
        return answers;
    }

    /** A message of the log, with the answers of the selector that has read all of it. */
    private record Line(
            LossMessage message,
            long atMillis,
            List<MaskMessage> answers,
            List<MaskRecord> records,
            String poison,
            long rebuildFrom) {}

    /** What trainers write, at random, while one selector answers them. */
    private final class Log {
        final List<Line> lines = new ArrayList<>();
        final MaskAnswers uncut = selector();
        final Random random;
        final Map<String, Trainer> trainers = new HashMap<>();
        long nowMillis = 1_700_000_000_000L;

        Log(long seed) {
            this.random = new Random(seed);
            // No attempt has number 0: one that has ended is not known as such where the log is not read from there.
            append(LossMessage.newBuilder(), "", 0);
        }

        long append(LossMessage.Builder event, String run, long attempt) {
            LossMessage message = event.setRunId(run).setAttempt(attempt).build();
            nowMillis += random.nextInt(1_000);
            List<MaskMessage> answers = List.of();
            String poison = "";
            long offset = lines.size();
            try {
                answers = uncut.answer(message, offset, nowMillis);
            } catch (PoisonException poisonous) {
                poison = String.valueOf(poisonous.getMessage());
            }
            lines.add(new Line(
                    message,
                    nowMillis,
                    answers,
                    uncut.takeRecords(),
                    poison,
                    uncut.attempts.rebuildFrom().orElse(offset + 1)));
            return offset;
        }

        List<MaskMessage> answers() {
            return lines.get(lines.size() - 1).answers;
        }

        void write(int messages) {
            while (lines.size() < messages) {
                String run = "run-" + random.nextInt(3);
                Trainer trainer = trainers.computeIfAbsent(run, id -> new Trainer(this, id));
                trainer.act(random.nextInt(100));
                if (random.nextInt(150) == 0) {
                    nowMillis += Duration.ofMinutes(61).toMillis();
                }
                if (random.nextInt(20) == 0) {
                    uncut.attempts.forget(nowMillis);
                }
            }
        }
    }

    private static final class Trainer {
        final Log log;
        final String run;
        final Random random;
        long attempt = -1;
        long before = -1;
        int epoch = 1;
        int batch;
        int revision;
        Policy policy = PERCENTILE;
        boolean told;
        final BitSet kept = new BitSet();
        List<SelectorState> checkpoint = List.of();

        Trainer(Log log, String run) {
            this.log = log;
            this.run = run;
            this.random = log.random;
        }

        void act(int dice) {
            if (attempt < 0 || dice == 0) {
                open();
            } else if (dice < 5) {
                policy = POLICIES.get(random.nextInt(POLICIES.size()));
                revision++;
                told = false;
            } else if (dice < 9) {
                barrier();
            } else if (dice < 12) {
                epoch++;
                openEpoch();
            } else if (dice < 17) {
                TrainedLosses.Builder trained = TrainedLosses.newBuilder().setEpoch(epoch);
                for (int i = 0; i < 8; i++) {
                    trained.addIndices(random.nextInt(EXAMPLES)).addLosses(loss());
                }
                append(LossMessage.newBuilder().setTrainedLosses(trained));
            } else if (dice == 17 && before >= 0) {
                log.append(batch(false), run, before);
            } else if (dice == 18) {
                append(LossMessage.newBuilder()
                        .setBatchLosses(BatchLosses.newBuilder().addIndices(EXAMPLES)));
            } else if (dice == 19 && random.nextInt(3) == 0) {
                LossMessage.Builder closed = LossMessage.newBuilder();
                closed.getAttemptClosedBuilder().setReason("completed");
                append(closed);
                attempt = -1;
                before = -1;
                checkpoint = List.of();
            } else {
                append(batch(true));
            }
        }

        private void append(LossMessage.Builder event) {
            log.append(event, run, attempt);
            if (!log.answers().isEmpty() && log.answers().get(0).hasUnknown()) {
                open();
            }
        }

        private float loss() {
            return random.nextInt(200) / 50f;
        }

        private LossMessage.Builder batch(boolean current) {
            BatchLosses.Builder losses = BatchLosses.newBuilder()
                    .setEpoch(epoch)
                    .setBatch(current ? batch++ : batch)
                    .setRevision(revision)
                    .setWhole(random.nextInt(10) == 0);
            boolean withLosses = random.nextInt(3) > 0;
            losses.addAllIndices(Draws.of(random, kept, BATCH));
            if (withLosses) {
                losses.getIndicesList().forEach(index -> losses.addLosses(loss()));
            }
            if (current && !told) {
                losses.setPolicy(policy);
                told = true;
            }
            return LossMessage.newBuilder().setBatchLosses(losses);
        }

        private void openEpoch() {
            batch = 0;
            told = true;
            append(LossMessage.newBuilder()
                    .setEpochOpened(EpochOpened.newBuilder()
                            .setEpoch(epoch)
                            .setRevision(revision)
                            .setPolicy(policy)));
            EpochMask mask = log.answers().isEmpty()
                    ? EpochMask.getDefaultInstance()
                    : log.answers().get(0).getEpochMask();
            kept.clear();
            kept.set(0, EXAMPLES);
            if (!mask.getKept().isEmpty()) {
                kept.and(BitSet.valueOf(mask.getKept().toByteArray()));
            }
        }

        private void open() {
            before = attempt;
            attempt = log.append(LossMessage.newBuilder().setAttemptOpened(opened(run)), run, 0);
            told = false;
            give(checkpoint);
            // In the middle of an epoch it goes on with the next batch.
            if (checkpoint.isEmpty() || checkpoint.get(0).getEpoch() != epoch || random.nextBoolean()) {
                openEpoch();
            }
        }

        private void barrier() {
            append(LossMessage.newBuilder()
                    .setStateRequested(
                            StateRequested.newBuilder().setEpoch(epoch).setBatch(batch)));
            List<MaskMessage> answers = log.answers();
            if (!answers.isEmpty() && answers.get(0).hasSelectorState()) {
                checkpoint = answers.stream().map(MaskMessage::getSelectorState).toList();
                // Now and then it dies before it has written all, or any.
                give(checkpoint.subList(
                        0, random.nextInt(4) == 0 ? random.nextInt(checkpoint.size()) : checkpoint.size()));
            }
        }

        private void give(List<SelectorState> parts) {
            for (SelectorState part : parts) {
                log.append(
                        LossMessage.newBuilder()
                                .setStateGiven(StateGiven.newBuilder()
                                        .setOpened(opened(run))
                                        .setState(part)),
                        run,
                        attempt);
                told = false;
            }
        }
    }

    private static AttemptOpened opened(String run) {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder()
                .setSeed(run.hashCode())
                .setBatchSize(BATCH)
                .setWindow(WINDOW);
        opened.getDatasetBuilder().setCount(EXAMPLES).setChecksum("images");
        return opened.build();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersAsIfItHadReadTheWholeLog(long seed) throws Exception {
        // Given
        Log log = new Log(seed);
        log.write(1_500);
        double counted = masks();
        int rebuilt = 0;
        int recorded = 0;
        long committed = 0;
        for (int cut = 1; cut < log.lines.size(); cut++) {
            long from = log.lines.get(cut - 1).rebuildFrom;
            assertThat(from).as("committed at %d", cut).isGreaterThanOrEqualTo(committed);
            committed = from;
        }
        for (int cut = 1 + (int) seed; cut < log.lines.size(); cut += 37) {
            // When
            MaskAnswers successor = selector();
            int first = (int) log.lines.get(cut - 1).rebuildFrom;
            for (int at = first; at < cut; at++) {
                replay(successor, log.lines.get(at), at);
            }
            double before = masks();
            assertThat(before).as("replayed masks are not counted").isEqualTo(counted);
            successor.attempts.forget(log.lines.get(cut - 1).atMillis);
            List<MaskMessage> again = successor.lastAnswers();
            assertThat(log.lines.subList(first, cut).stream().flatMap(line -> line.records.stream()))
                    .as("what is recorded in a replay was so before")
                    .containsAll(successor.takeRecords());
            rebuilt += successor.runs();

            // Then
            for (MaskMessage last : lastMasks(log.lines.subList(0, cut))) {
                assertThat(again).as("sent again at %d", cut).contains(last);
            }
            for (int at = cut; at < Math.min(cut + 120, log.lines.size()); at++) {
                assertThat(said(successor, log.lines.get(at), at))
                        .as(
                                "answer to %d after a cut at %d, rebuilt from %d",
                                at, cut, log.lines.get(cut - 1).rebuildFrom)
                        .isEqualTo(said(log.lines.get(at).answers, log.lines.get(at).poison));
                List<MaskRecord> taken = successor.takeRecords();
                assertThat(taken)
                        .as("recorded of %d after a cut at %d", at, cut)
                        .isEqualTo(log.lines.get(at).records);
                recorded += taken.size();
            }
            counted = masks();
        }
        assertThat(rebuilt).as("the log is one that keeps runs alive").isGreaterThan(50);
        assertThat(recorded).as("epochs end in it").isGreaterThan(50);
    }

    private double masks() {
        return registry.find("dietsb_masks").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static void replay(MaskAnswers successor, Line line, long offset) {
        try {
            successor.replay(line.message, offset, line.atMillis);
        } catch (PoisonException poison) {
            assertThat(line.poison).isNotEmpty();
        }
    }

    /** Of each attempt that is on, the last answers to its batches, as many as its window has, since its state was given. */
    private static List<MaskMessage> lastMasks(List<Line> lines) {
        Map<String, List<MaskMessage>> windows = new HashMap<>();
        for (Line line : lines) {
            String run = line.message.getRunId();
            if (line.message.hasAttemptOpened() || line.message.hasStateGiven() || line.message.hasAttemptClosed()) {
                windows.remove(run);
            }
            for (MaskMessage answer : line.answers) {
                List<MaskMessage> window = windows.computeIfAbsent(run, id -> new ArrayList<>());
                if (answer.hasBatchMask()) {
                    window.add(answer);
                } else if (answer.hasUnknown()) {
                    window.clear();
                }
                if (window.size() > WINDOW) {
                    window.remove(0);
                }
            }
        }
        long silentSince =
                lines.get(lines.size() - 1).atMillis - Duration.ofHours(1).toMillis();
        for (Line line : lines) {
            if (line.atMillis >= silentSince) {
                windows.computeIfPresent(line.message.getRunId(), (run, window) -> heard(window));
            }
        }
        return windows.values().stream()
                .filter(window -> window instanceof Heard)
                .flatMap(List::stream)
                .toList();
    }

    /** The window of a run that is not silent for too long. */
    private static final class Heard extends ArrayList<MaskMessage> {
        private static final long serialVersionUID = 1L;

        Heard(List<MaskMessage> window) {
            super(window);
        }
    }

    private static List<MaskMessage> heard(List<MaskMessage> window) {
        return window instanceof Heard ? window : new Heard(window);
    }

    private static List<String> said(MaskAnswers successor, Line line, long offset) {
        try {
            return said(successor.answer(line.message, offset, line.atMillis), "");
        } catch (PoisonException poison) {
            return said(List.of(), String.valueOf(poison.getMessage()));
        }
    }

    /** That a run was closed once is not in the log from the rebuild offset on: then its attempts are unknown, not fenced. */
    private static List<String> said(List<MaskMessage> answers, String poison) {
        List<String> said = new ArrayList<>(answers.stream()
                .map(answer -> answer.hasFenced() || answer.hasUnknown() ? "not held" : answer.toString())
                .toList());
        said.add(poison);
        return said;
    }

    @Test
    void splitsALargeStateIntoPartsThatRestoreIt() throws Exception {
        // Given: 150,000 losses in the history, 250,000 examples, of which those between have none.
        MaskAnswers answers = selector();
        AttemptOpened opened = large();
        Policy policy = PERCENTILE.toBuilder().setHistorySize(150_000).build();
        answer(answers, 0, LossMessage.newBuilder().setAttemptOpened(opened));
        answer(answers, 1, epochOf(policy));
        Random random = new Random(1);
        for (int batch = 0; batch < 5; batch++) {
            BatchLosses.Builder losses =
                    BatchLosses.newBuilder().setEpoch(1).setBatch(batch).setPolicy(policy);
            for (int i = 0; i < 40_000; i++) {
                losses.addIndices(batch == 4 ? 210_000 + i : batch * 20_000 + i).addLosses(random.nextFloat());
            }
            answer(answers, 2 + batch, LossMessage.newBuilder().setBatchLosses(losses));
        }

        // When
        LossMessage.Builder request = LossMessage.newBuilder();
        request.getStateRequestedBuilder().setEpoch(1).setBatch(5);
        List<MaskMessage> parts = answer(answers, 6, request);

        // Then
        assertThat(parts).hasSizeGreaterThan(2).allSatisfy(part -> {
            assertThat(part.getSerializedSize()).isLessThan(900_000);
            assertThat(part.getSelectorState().getParts()).isEqualTo(parts.size());
            assertThat(part.getSelectorState().getHistorySize()).isEqualTo(150_000);
        });
        assertThat(parts.stream()
                        .mapToInt(part -> part.getSelectorState().getHistoryCount())
                        .sum())
                .isEqualTo(150_000);
        MaskAnswers other = selector();
        answer(other, 0, LossMessage.newBuilder().setAttemptOpened(opened));
        for (MaskMessage part : parts) {
            answer(
                    other,
                    1,
                    LossMessage.newBuilder()
                            .setStateGiven(
                                    StateGiven.newBuilder().setOpened(opened).setState(part.getSelectorState())));
        }
        assertThat(answer(other, 9, request)).isEqualTo(parts);
        assertThat(other.attempts.rebuildFrom()).hasValue(1);
    }

    @Test
    void rejectsAnIncompleteState() throws Exception {
        MaskAnswers answers = selector();
        answer(answers, 0, LossMessage.newBuilder().setAttemptOpened(large()));
        SelectorState.Builder part =
                SelectorState.newBuilder().setEpoch(1).setParts(3).setHistorySize(2);
        assertThatThrownBy(() -> give(answers, part.clone().setPart(1)))
                .hasMessage("part 1 of a state came, allowed is part 0");
        give(answers, part);
        assertThatThrownBy(() -> give(answers, part.clone().setPart(2)))
                .hasMessageStartingWith("part 2 of 3 of a state came, allowed is part 1 of 3");
        // A poisonous part is as if it had not come.
        give(answers, part.clone().setPart(1));
        assertThatThrownBy(() ->
                        give(answers, part.clone().addHistory(1).addHistory(2).addHistory(3)))
                .hasMessage("a state's history has more losses than its size, 2");
        assertThatThrownBy(() -> give(answers, part.clone().addHistory(-1)))
                .hasMessage("loss 0 of a state is -1, allowed is 0 or more, and finite");
        assertThatThrownBy(() -> give(
                        answers,
                        part.clone().setFirstIndex(249_999).addLastLosses(1).addLastLosses(1)))
                .hasMessageContaining("allowed is [0, 250000)");
        assertThatThrownBy(() -> give(answers, part.clone().setHistorySize(0)))
                .hasMessageContaining("allowed is 1 or more of both");
        assertThat(answers.attempts.rebuildFrom()).hasValue(0);
    }

    @Test
    void refusesAStateThatExceedsTheRoom() throws Exception {
        MaskAnswers answers = selector();
        answer(answers, 0, LossMessage.newBuilder().setAttemptOpened(large()));
        List<MaskMessage> refused = give(
                answers,
                SelectorState.newBuilder()
                        .setEpoch(4)
                        .setParts(1)
                        .setHistorySize(Integer.MAX_VALUE)
                        .addHistory(1));
        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).getRefused().getEpoch()).isEqualTo(4);
        assertThat(refused.get(0).getRefused().getReason()).contains("dietsb.selector.losses-of-heap");
    }

    @Test
    void sendsAgainTheStateThatWasRequestedLast() throws Exception {
        MaskAnswers answers = selector();
        LossMessage.Builder request = LossMessage.newBuilder();
        request.getStateRequestedBuilder().setEpoch(1).setBatch(5);
        LossMessage opened = LossMessage.newBuilder()
                .setRunId("large")
                .setAttemptOpened(large())
                .build();
        answers.replay(opened, 0, 0);
        LossMessage epoch = epochOf(RANK).setRunId("large").build();
        await().ignoreExceptions().until(() -> {
            answers.replay(epoch, 1, 0);
            return true;
        });
        answers.replay(request.setRunId("large").build(), 2, 0);
        List<MaskMessage> again = answers.lastAnswers();
        assertThat(again).hasSize(2);
        assertThat(again.get(0).hasEpochMask()).isTrue();
        assertThat(again.get(1).getSelectorState().getBatch()).isEqualTo(5);
        assertThat(answers.lastAnswers()).isEmpty();
    }

    private static AttemptOpened large() {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder().setBatchSize(40_000);
        opened.getDatasetBuilder().setCount(250_000);
        return opened.build();
    }

    private static LossMessage.Builder epochOf(Policy policy) {
        LossMessage.Builder opened = LossMessage.newBuilder();
        opened.getEpochOpenedBuilder().setEpoch(1).setPolicy(policy);
        return opened;
    }

    private static List<MaskMessage> give(MaskAnswers answers, SelectorState.Builder part) throws PoisonException {
        return answer(
                answers,
                1,
                LossMessage.newBuilder()
                        .setStateGiven(
                                StateGiven.newBuilder().setOpened(large()).setState(part)));
    }

    private static List<MaskMessage> answer(MaskAnswers answers, long offset, LossMessage.Builder message)
            throws PoisonException {
        List<MaskMessage> all = new ArrayList<>();
        while (true) {
            try {
                all.addAll(answers.answer(message.setRunId("large").build(), offset, 0));
                return all;
            } catch (PendingException some) {
                all.addAll(some.first());
            }
        }
    }
}
