package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Change;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.checkpoint.LoopStateWire;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.wire.Checkpoint;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that crashes and resumes from its last barrier ends with the same bits as an undisturbed one. */
class ResumeTest {
    private static final String RUN = "run";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** Simulates a killed process. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    static Stream<Arguments> runs() {
        return Stream.of(
                Arguments.of("selective, epochs' ends alone", TestRun.HALF, 0, "announce 2/3"),
                Arguments.of("selective, in an epoch", TestRun.HALF, 3, "announce 2/5"),
                Arguments.of("selective, before the first barrier", TestRun.HALF, 3, "announce 1/2"),
                Arguments.of("accumulate", TestRun.selective(Policy.Batching.ACCUMULATE), 2, "announce 1/5"),
                Arguments.of("stale", TestRun.cheap(2, 1), 2, "announce 2/5"),
                Arguments.of("half-size", TestRun.cheap(1, .5), 4, "announce 1/6"),
                Arguments.of("random", TestRun.random(), 5, "announce 3/0"),
                Arguments.of("baseline", Policy.BASELINE, 1, "announce 3/4"));
    }

    private static TestRun run(Policy policy, int every) {
        return new TestRun().epochs(3).policy(policy).checkpointEvery(every);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void endsInTheSameBits(String name, Policy policy, int every, String death) throws Exception {
        TestRun.Result undisturbed = run(policy, every).run(ScriptedSelector.HIGHER_HALF);
        CheckpointFiles files = new CheckpointFiles(folder, 2);

        assertThatThrownBy(() -> keeping(run(policy, every), files, 1)
                        .atEachMessage(handle -> dieAt(death, handle))
                        .run(ScriptedSelector.HIGHER_HALF))
                .isInstanceOf(Killed.class);
        TestRun.Result resumed = resumed(run(policy, every), files).run(ScriptedSelector.HIGHER_HALF);

        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        List<EpochFigures> epochs = undisturbed.epochs();
        assertThat(resumed.epochs()).isNotEmpty();
        for (EpochFigures epoch : resumed.epochs()) {
            assertThat(withoutTimes(epoch)).isEqualTo(withoutTimes(epochs.get(epoch.epoch() - 1)));
        }
    }

    /** Policies that depend on losses of earlier batches, and swaps between them. */
    static Stream<Arguments> histories() {
        Policy infoBatch = policy(PolicyKind.INFOBATCH, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        Policy bls = policy(PolicyKind.BLS, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        Policy ies = policy(PolicyKind.IES, Policy.Rule.RANK, Policy.Batching.SHRINK, 0, null);
        Policy diet =
                policy(PolicyKind.DIET_SELECTIVE, Policy.Rule.PERCENTILE, Policy.Batching.SHRINK, .25, "scores-1");
        Policy otherDiet = policy(PolicyKind.DIET_SELECTIVE, Policy.Rule.RANK, Policy.Batching.SHRINK, .5, "scores-2");
        Policy accumulated = policy(PolicyKind.SELECTIVE, Policy.Rule.PERCENTILE, Policy.Batching.ACCUMULATE, 0, null);
        return Stream.of(
                Arguments.of("percentile", Map.of("", PERCENTILE), "announce 2/5"),
                Arguments.of("infobatch", Map.of("", infoBatch), "announce 3/2"),
                Arguments.of("bls, in an epoch", Map.of("", bls), "announce 3/2"),
                Arguments.of("ies, in an epoch", Map.of("", ies), "announce 2/5"),
                Arguments.of("ies, in its first epoch that leaves out", Map.of("", ies), "announce 3/2"),
                Arguments.of("bls, then ies", Map.of("", bls, "announce 1/4", ies), "announce 2/5"),
                Arguments.of("diet-selective by scores", Map.of("", diet), "announce 2/4"),
                Arguments.of(
                        "swapped before, between the barrier and the end, and after",
                        Map.of(
                                "", PERCENTILE,
                                "announce 1/4", infoBatch,
                                "announce 2/4", diet,
                                "announce 3/1", accumulated),
                        "announce 2/4"),
                Arguments.of(
                        "swapped in the epoch before and after",
                        Map.of("", diet, "announce 1/1", infoBatch, "announce 3/2", otherDiet),
                        "announce 3/1"));
    }

    static final Policy PERCENTILE =
            policy(PolicyKind.SELECTIVE, Policy.Rule.PERCENTILE, Policy.Batching.SHRINK, 0, null);

    static Policy policy(
            PolicyKind kind, Policy.Rule rule, Policy.Batching batching, double prePruned, @Nullable String scoreSet) {
        return Policy.ofKind(kind)
                .rule(rule)
                .historySize(100)
                .batching(batching)
                .end(1)
                .prePruned(prePruned)
                .scoreSet(scoreSet)
                .build();
    }

    /**
     * The selector that answers the later attempt knows what it is given back, and no more.
     *
     * @param policies by the message at which they are put to the run
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void endsInTheSameBitsUnderPoliciesWithAHistory(String name, Map<String, Policy> policies, String death)
            throws Exception {
        TestRun.Result undisturbed = swapped(policies, 0).run(new RememberingSelector());
        CheckpointFiles files = new CheckpointFiles(folder, 2);

        TestRun dying = keeping(swapped(policies, 0), files, 1).atEachMessage(handle -> {
            swap(policies, handle);
            dieAt(death, handle);
        });
        assertThatThrownBy(() -> dying.run(new RememberingSelector())).isInstanceOf(Killed.class);
        long placed = LoopStateWire.fromWire(files.newest(RUN).orElseThrow().checkpoint())
                .placedRevision();
        TestRun.Result resumed = resumed(swapped(policies, placed), files).run(new RememberingSelector());

        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        assertThat(resumed.epochs()).isNotEmpty();
        assertThat(undisturbed.epochs().get(2).policyRevisions()).contains(policies.size() - 1L);
        for (EpochFigures epoch : resumed.epochs()) {
            assertThat(withoutTimes(epoch))
                    .isEqualTo(withoutTimes(undisturbed.epochs().get(epoch.epoch() - 1)));
        }
    }

    /** Selects half of each batch of a diet by the first two epochs; its scores survive the attempt that published them. */
    private static final Policy OWN =
            policy(PolicyKind.DIET_SELECTIVE, Policy.Rule.RANK, Policy.Batching.ACCUMULATE, .25, "own:2");

    static TestRun own(List<float[]> published) {
        return new TestRun().epochs(4).checkpointEvery(3).policy(OWN).scored(published::add);
    }

    /** Drops the quarter with the lowest published norms. */
    static ScriptedSelector.Script byOwnScores(List<float[]> published) {
        return new ScriptedSelector.Script() {
            @Override
            public @Nullable Answer toBatch(Announcement batch) {
                return ScriptedSelector.HIGHER_HALF.toBatch(batch);
            }

            @Override
            public Answer toEpoch(int epoch, long revision) {
                if (epoch <= 2) {
                    return new Answer.EpochMask(epoch, revision, null);
                }
                float[] norms = published.get(published.size() - 1);
                float[] ordered = norms.clone();
                Arrays.sort(ordered);
                return new Answer.EpochMask(
                        epoch,
                        revision,
                        IntStream.range(0, norms.length)
                                .filter(i -> norms[i] >= ordered[norms.length / 4])
                                .toArray());
            }
        };
    }

    /** Killed while norms are collected, at the opening of the first epoch that uses them, and within that epoch. */
    @ParameterizedTest
    @ValueSource(strings = {"announce 1/5", "announce 2/4", "open 3", "announce 3/0", "announce 4/1"})
    void endsInTheSameBitsUnderADietByItsOwnFirstEpochs(String death) throws Exception {
        List<float[]> undisturbedScores = new ArrayList<>();
        TestRun.Result undisturbed = own(undisturbedScores).run(byOwnScores(undisturbedScores));
        CheckpointFiles files = new CheckpointFiles(folder, 2);
        List<float[]> scores = new ArrayList<>();

        assertThatThrownBy(() -> keeping(own(scores), files, 1)
                        .atEachMessage(handle -> dieAt(death, handle))
                        .run(byOwnScores(scores)))
                .isInstanceOf(Killed.class);
        TestRun.Result resumed = resumed(own(scores), files).run(byOwnScores(scores));

        assertThat(undisturbedScores).hasSize(1);
        assertThat(scores).isNotEmpty().allSatisfy(norms -> assertThat(norms)
                .containsExactly(undisturbedScores.get(0)));
        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        // Two epochs whole, two of half of three quarters; no selection pass where nothing is selected.
        assertThat(undisturbed.epochs())
                .extracting(EpochFigures::selected)
                .startsWith(200L, 200L)
                .allSatisfy(selected -> assertThat(selected).isIn(200L, 75L, 76L, 77L, 78L));
        assertThat(undisturbed.epochs())
                .extracting(EpochFigures::selectionExamples)
                .containsExactly(0L, 0L, 150L, 150L);
        for (EpochFigures epoch : resumed.epochs()) {
            assertThat(withoutTimes(epoch))
                    .isEqualTo(withoutTimes(undisturbed.epochs().get(epoch.epoch() - 1)));
        }
    }

    /** Killed while a scheduled policy is in force, and after the first one is in force again. */
    @ParameterizedTest
    @ValueSource(strings = {"announce 2/4", "announce 3/1"})
    void endsInTheSameBitsUnderASchedule(String death) throws Exception {
        // Given: revision 1 for one epoch, and revision 2 after three quarters.
        PolicyChain schedule = PolicyChain.EMPTY
                .with(change(TestRun.random(), new Moment.EpochBegins(2), new Moment.EpochBegins(3)), Instant.EPOCH, 0)
                .with(
                        change(TestRun.selective(Policy.Batching.ACCUMULATE), new Moment.Progress(.75), null),
                        Instant.EPOCH,
                        1);
        TestRun.Result undisturbed = scheduled(schedule).run(new RememberingSelector());
        CheckpointFiles files = new CheckpointFiles(folder, 2);

        TestRun dying = keeping(scheduled(schedule), files, 1).atEachMessage(handle -> dieAt(death, handle));
        assertThatThrownBy(() -> dying.run(new RememberingSelector())).isInstanceOf(Killed.class);
        TestRun.Result resumed = resumed(scheduled(schedule), files).run(new RememberingSelector());

        assertThat(resumed.checksum()).isEqualTo(undisturbed.checksum());
        assertThat(undisturbed.epochs())
                .extracting(EpochFigures::policyRevisions)
                .containsExactly(List.of(0L), List.of(1L), List.of(0L, 2L));
        assertThat(resumed.epochs()).isNotEmpty();
        for (EpochFigures epoch : resumed.epochs()) {
            assertThat(withoutTimes(epoch))
                    .isEqualTo(withoutTimes(undisturbed.epochs().get(epoch.epoch() - 1)));
        }
    }

    private static Change change(Policy policy, Moment from, @Nullable Moment until) {
        return new Change(policy, new Schedule(from, until), null, "somebody");
    }

    private static TestRun scheduled(PolicyChain schedule) {
        return new TestRun().epochs(3).checkpointEvery(3).policy(PERCENTILE).changes(schedule);
    }

    /** From a barrier where the policy of this revision is in force. */
    private static TestRun swapped(Map<String, Policy> policies, long revision) {
        List<String> places = policies.keySet().stream().sorted().toList();
        Policy first = Objects.requireNonNull(policies.get(places.get((int) revision)));
        return new TestRun()
                .epochs(3)
                .checkpointEvery(3)
                .policy(first)
                .revision(revision)
                .atEachMessage(handle -> swap(policies, handle));
    }

    private static void swap(Map<String, Policy> policies, TestRun.Handle handle) {
        Policy next = policies.get(handle.message());
        if (next != null) {
            handle.swap().accept(next);
        }
    }

    @Test
    void resumesAfterRepeatedCrashes() throws Exception {
        TestRun.Result undisturbed = run(TestRun.HALF, 2).run(ScriptedSelector.HIGHER_HALF);
        CheckpointFiles files = new CheckpointFiles(folder, 2);
        List<String> begun = new ArrayList<>();
        long attempt = 1;
        for (String death : List.of("announce 1/4", "announce 1/6", "announce 2/3", "open 3", "announce 3/6")) {
            TestRun next = resumed(keeping(run(TestRun.HALF, 2), files, attempt++), files);
            assertThatThrownBy(() -> next.atEachMessage(handle -> {
                                if (!handle.message().equals("given")) {
                                    begun.add(handle.message());
                                }
                                dieAt(death, handle);
                            })
                            .run(ScriptedSelector.HIGHER_HALF))
                    .isInstanceOf(Killed.class);
        }
        assertThat(resumed(run(TestRun.HALF, 2), files)
                        .run(ScriptedSelector.HIGHER_HALF)
                        .checksum())
                .isEqualTo(undisturbed.checksum());
        assertThat(begun).as("resumes from a barrier, not from the beginning").containsOnlyOnce("announce 1/0");
    }

    @Test
    void fencedTrainerLearnsItBeforeWritingResults() throws Exception {
        TestRun.Result result = new TestRun().epochs(2).run(new ScriptedSelector.Script() {
            @Override
            public Answer toBatch(Announcement batch) {
                return ScriptedSelector.whole(batch);
            }

            @Override
            public @Nullable Answer toStateRequest(int epoch, int batch) {
                return epoch == 2 ? new Answer.Fenced(99) : ScriptedSelector.HIGHER_HALF.toStateRequest(epoch, batch);
            }
        });
        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Ended(new Answer.Fenced(99)));
    }

    private static void dieAt(String death, TestRun.Handle handle) {
        if (handle.message().equals(death)) {
            throw new Killed();
        }
    }

    static TestRun keeping(TestRun run, CheckpointFiles files, long attempt) {
        return run.atBarrier((state, network) -> write(files, attempt, state, network));
    }

    private static void write(CheckpointFiles files, long attempt, LoopState state, Network network) {
        try {
            files.write(RUN, attempt, LoopStateWire.toWire(state).build(), network);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static TestRun resumed(TestRun run, CheckpointFiles files) throws IOException {
        var saved = files.newest(RUN);
        if (saved.isEmpty()) {
            return run;
        }
        Checkpoint checkpoint = saved.get().checkpoint();
        Map<String, float[]> tensors = saved.get().content().tensors();
        return run.from(LoopStateWire.fromWire(checkpoint), tensors);
    }

    static EpochFigures withoutTimes(EpochFigures epoch) {
        return new EpochFigures(
                epoch.epoch(),
                epoch.accuracy(),
                epoch.trainLoss(),
                epoch.learningRate(),
                0,
                epoch.seen(),
                epoch.selected(),
                epoch.steps(),
                epoch.backwardExamples(),
                epoch.selectionExamples(),
                epoch.meanLossSeen(),
                epoch.meanLossSelected(),
                0,
                epoch.maskTimeouts(),
                epoch.policyRevisions(),
                0,
                0,
                0,
                epoch.scaledSelectionExamples(),
                epoch.share());
    }
}
