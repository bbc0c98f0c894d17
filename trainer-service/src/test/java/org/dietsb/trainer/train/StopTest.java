package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is stopped within an epoch goes on at the next batch, trains none twice, and ends with the bits of an undisturbed one. */
class StopTest {
    private static final int EPOCHS = 3;

    private final CheckpointFiles files;

    StopTest(@TempDir Path folder) {
        this.files = new CheckpointFiles(folder, 2);
    }

    /** Selects the higher half, with a weight by place. */
    private static final ScriptedSelector.Script WEIGHTED = batch -> {
        Answer.BatchMask half = (Answer.BatchMask) Objects.requireNonNull(ScriptedSelector.HIGHER_HALF.toBatch(batch));
        float[] weights = new float[half.selected().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 1 + i / 16f;
        }
        return new Answer.BatchMask(half.epoch(), half.batch(), half.revision(), half.selected(), weights);
    };

    /** Has batches announced in spans. */
    private static final ScriptedSelector.Script IN_SPANS = new ScriptedSelector.Script() {
        @Override
        public @Nullable Answer toBatch(Announcement batch) {
            return ScriptedSelector.first(20).toBatch(batch);
        }

        @Override
        public Answer toEpoch(int epoch, long revision) {
            return new Answer.EpochMask(epoch, revision, null, null, true);
        }
    };

    static Stream<Arguments> runs() {
        Supplier<ScriptedSelector.Script> remembering = RememberingSelector::new;
        Supplier<ScriptedSelector.Script> half = () -> ScriptedSelector.HIGHER_HALF;
        Policy infoBatch = ResumeTest.policy(PolicyKind.INFOBATCH, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        Policy bls = ResumeTest.policy(PolicyKind.BLS, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        Policy ies = ResumeTest.policy(PolicyKind.IES, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        return Stream.of(
                Arguments.of("selective, window 1", TestRun.HALF, 1, 0, half),
                Arguments.of("selective, window 2", TestRun.HALF, 2, 0, half),
                Arguments.of("selective, window 4", TestRun.HALF, 4, 0, half),
                Arguments.of("selective, window of more than an epoch", TestRun.HALF, 64, 0, half),
                Arguments.of("selective, with barriers of its own", TestRun.HALF, 4, 3, half),
                Arguments.of("weights", TestRun.HALF, 3, 0, (Supplier<ScriptedSelector.Script>) () -> WEIGHTED),
                Arguments.of("accumulate", TestRun.selective(Policy.Batching.ACCUMULATE), 4, 0, half),
                Arguments.of("stale", TestRun.cheap(2, 1), 4, 0, half),
                Arguments.of("half-size", TestRun.cheap(1, .5), 4, 0, half),
                Arguments.of("random", TestRun.random(), 4, 0, half),
                Arguments.of(
                        "random in spans", TestRun.random(), 4, 0, (Supplier<ScriptedSelector.Script>) () -> IN_SPANS),
                Arguments.of("baseline", Policy.BASELINE, 4, 0, half),
                Arguments.of("percentile", ResumeTest.PERCENTILE, 4, 0, remembering),
                Arguments.of("infobatch", infoBatch, 4, 0, remembering),
                Arguments.of("bls", bls, 4, 0, remembering),
                Arguments.of("ies", ies, 4, 0, remembering));
    }

    private static TestRun run(Policy policy, int window, int every) {
        return new TestRun()
                .epochs(EPOCHS)
                .evaluateEvery(EPOCHS)
                .policy(policy)
                .window(window)
                .checkpointEvery(every);
    }

    private static List<String> slots(TestRun.Result result) {
        return result.what().stream().filter(what -> what.startsWith("slot")).toList();
    }

    /** Stopped again and again, each attempt after two slots: also while batches in flight are those of an earlier attempt. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void trainsEachBatchOnceAndEndsInTheSameBits(
            String name, Policy policy, int window, int every, Supplier<ScriptedSelector.Script> selector)
            throws Exception {
        TestRun.Result undisturbed = run(policy, window, every).run(selector.get());
        List<String> trained = new ArrayList<>();
        List<EpochFigures> epochs = new ArrayList<>();
        TestRun.Result result;
        long attempt = 0;
        do {
            int[] slots = {0};
            result = ResumeTest.resumed(
                            ResumeTest.keeping(run(policy, window, every), files, ++attempt)
                                    .atEachSlot(handle -> slots[0]++)
                                    .stops(() -> slots[0] >= 2),
                            files)
                    .run(selector.get());
            trained.addAll(slots(result));
            epochs.addAll(result.epochs());
        } while (!(result.outcome() instanceof TrainingLoop.Outcome.Completed));

        assertThat(attempt).isGreaterThan(6);
        assertThat(trained).isEqualTo(slots(undisturbed));
        assertThat(result.checksum()).isEqualTo(undisturbed.checksum());
        assertThat(epochs)
                .extracting(ResumeTest::withoutTimes)
                .isEqualTo(undisturbed.epochs().stream()
                        .map(ResumeTest::withoutTimes)
                        .toList());
    }

    @Test
    void stampsOfBatchesInFlightOutliveASwap() throws Exception {
        // Given: batches of the old policy and of the new one are in flight when the run is stopped.
        TestRun.Result undisturbed =
                run(TestRun.HALF, 4, 0).atEachMessage(StopTest::swap).run(ScriptedSelector.HIGHER_HALF);
        boolean[] stop = {false};
        TestRun.Result stopped = ResumeTest.keeping(run(TestRun.HALF, 4, 0), files, 1)
                .atEachMessage(StopTest::swap)
                .atEachSlot(handle -> stop[0] |= handle.message().equals("slot 2/1"))
                .stops(() -> stop[0])
                .run(ScriptedSelector.HIGHER_HALF);
        assertThat(stopped.what()).contains("barrier 2/2");
        // When
        TestRun.Result resumed = ResumeTest.resumed(run(TestRun.random(), 4, 0).revision(1), files)
                .run(ScriptedSelector.HIGHER_HALF);
        // Then
        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        assertThat(resumed.what()).contains("announce 2/6").doesNotContain("announce 2/5");
        assertThat(resumed.epochs().get(0).policyRevisions()).containsExactly(0L, 1L);
    }

    private static void swap(TestRun.Handle handle) {
        if (handle.message().equals("announce 2/3")) {
            handle.swap().accept(TestRun.random());
        }
    }

    /** While norms are collected, and within the first epoch that uses them. */
    @ParameterizedTest
    @ValueSource(strings = {"slot 1/2", "slot 2/5", "slot 3/1"})
    void keepsTheErrorNormsOfADietByItsOwnFirstEpochs(String last) throws Exception {
        List<float[]> undisturbedScores = new ArrayList<>();
        TestRun.Result undisturbed = ResumeTest.own(undisturbedScores).run(ResumeTest.byOwnScores(undisturbedScores));
        List<float[]> scores = new ArrayList<>();
        boolean[] stop = {false};
        TestRun.Result stopped = ResumeTest.keeping(ResumeTest.own(scores), files, 1)
                .atEachSlot(handle -> stop[0] |= handle.message().equals(last))
                .stops(() -> stop[0])
                .run(ResumeTest.byOwnScores(scores));
        // When
        TestRun.Result resumed =
                ResumeTest.resumed(ResumeTest.own(scores), files).run(ResumeTest.byOwnScores(scores));
        // Then
        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        assertThat(scores.get(scores.size() - 1)).containsExactly(undisturbedScores.get(0));
        assertThat(Stream.of(stopped, resumed)
                        .flatMap(result -> slots(result).stream())
                        .toList())
                .isEqualTo(slots(undisturbed));
    }

    @Test
    void stopsWithoutACheckpointIfAMaskDoesNotComeInTime() throws Exception {
        int[] announced = {0};
        TestRun.Result stopped = ResumeTest.keeping(
                        run(TestRun.HALF, 4, 0).patience(Duration.ofMillis(50), OnTimeout.WHOLE), files, 1)
                .stops(() -> announced[0] >= 6)
                .run(new ScriptedSelector.Script() {
                    @Override
                    public @Nullable Answer toBatch(Announcement batch) {
                        return ++announced[0] == 6 ? null : ScriptedSelector.HIGHER_HALF.toBatch(batch);
                    }
                });

        assertThat(stopped.outcome()).isEqualTo(new TrainingLoop.Outcome.Ended(new Answer.Stopped()));
        assertThat(stopped.what()).contains("missed 1/2").doesNotContain("barrier 1/2");
        assertThat(files.newest("run")).isEmpty();
    }

    @Test
    void trainerOfAnEarlierVersionTakesTheCheckpointBefore() throws Exception {
        // Given
        boolean[] stop = {false};
        var unused = ResumeTest.keeping(run(TestRun.HALF, 4, 0), files, 1)
                .atEachSlot(handle -> stop[0] |= handle.message().equals("slot 2/1"))
                .stops(() -> stop[0])
                .run(ScriptedSelector.HIGHER_HALF);
        // Then: the pattern of names of that version.
        String name = files.newest("run").orElseThrow().file().getFileName().toString();
        assertThat(name).startsWith("2-2+4-").doesNotMatch("\\d+-\\d+-[0-9a-f]{64}\\.safetensors");
    }
}
