package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.ScriptedSelector.first;
import static org.dietsb.trainer.train.ScriptedSelector.select;
import static org.dietsb.trainer.train.TestRun.BATCH;
import static org.dietsb.trainer.train.TestRun.BATCHES;
import static org.dietsb.trainer.train.TestRun.EXAMPLES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.script.ScriptArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Announcements, gathering and steps of the loop, and how an attempt ends. */
class TrainingLoopTest {

    @Test
    void metersCountTheWork() throws InterruptedException {
        TestRun.Result result = new TestRun().run(HIGHER_HALF);

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Completed());
        assertThat(result.epochs()).hasSize(2).allSatisfy(epoch -> {
            assertThat(epoch.seen()).isEqualTo(EXAMPLES);
            assertThat(epoch.selectionExamples()).isEqualTo(EXAMPLES);
            assertThat(epoch.selected()).isEqualTo(EXAMPLES / 2);
            assertThat(epoch.backwardExamples()).isEqualTo(EXAMPLES / 2);
            assertThat(epoch.steps()).isEqualTo(BATCHES);
            assertThat(epoch.maskTimeouts()).isZero();
            assertThat(epoch.policyRevisions()).containsExactly(0L);
        });
        assertThat(result.gathered()).isEqualTo(2 * (EXAMPLES + EXAMPLES / 2));
        assertThat(result.registry().get("dietsb_examples_seen").counter().count())
                .isEqualTo(2 * EXAMPLES);
        assertThat(result.registry().get("dietsb_examples_selected").counter().count())
                .isEqualTo(EXAMPLES);
    }

    @Test
    void meanLossesAreThoseOfSelectionPasses() throws InterruptedException {
        TestRun.Result result = new TestRun().epochs(1).run(HIGHER_HALF);

        double seen = 0;
        double selected = 0;
        for (Announcement batch : result.selector().announcements) {
            float[] losses = Objects.requireNonNull(batch.losses());
            Answer.BatchMask mask = (Answer.BatchMask) Objects.requireNonNull(HIGHER_HALF.toBatch(batch));
            seen += IntStream.range(0, losses.length)
                    .mapToDouble(i -> losses[i])
                    .sum();
            selected += Arrays.stream(mask.selected())
                    .mapToDouble(place -> losses[place])
                    .sum();
        }
        EpochFigures epoch = result.epochs().get(0);
        assertThat(Objects.requireNonNull(epoch.meanLossSeen())).isCloseTo(seen / EXAMPLES, within(1e-9));
        assertThat(Objects.requireNonNull(epoch.meanLossSelected()))
                .isCloseTo(selected / (EXAMPLES / 2), within(1e-9))
                .isGreaterThan(epoch.meanLossSeen());
    }

    @Test
    void noSelectionPassIfThePolicyNeedsNoLosses() throws InterruptedException {
        TestRun.Result result = new TestRun().policy(TestRun.random()).run(first(16));

        assertThat(result.selector().announcements)
                .allSatisfy(batch -> assertThat(batch.losses()).isNull());
        assertThat(result.epochs()).allSatisfy(epoch -> {
            assertThat(epoch.selectionExamples()).isZero();
            assertThat(epoch.meanLossSeen()).isNull();
            assertThat(epoch.meanLossSelected()).isNull();
            assertThat(epoch.selected()).isEqualTo(6 * 16 + 8);
        });
        assertThat(result.gathered()).isEqualTo(2 * (6 * 16 + 8));
    }

    @Test
    void staleLossesRunSelectionPassesInEveryNthEpochOnly() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .policy(TestRun.cheap(3, 1))
                .epochs(5)
                .evaluateEvery(0)
                .run(first(16));

        assertThat(result.epochs()).extracting(EpochFigures::selectionExamples).containsExactly(200L, 0L, 0L, 200L, 0L);
        assertThat(result.selector().announcements).allSatisfy(batch -> assertThat(batch.losses() != null)
                .isEqualTo(batch.epoch() == 1 || batch.epoch() == 4));
    }

    @Test
    void staleLossesStartWithSelectionPassesAfterASwapToo() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .policy(TestRun.random())
                .epochs(5)
                .evaluateEvery(0)
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 2/3")) {
                        handle.swap().accept(TestRun.cheap(2, 1));
                    }
                })
                .run(first(16));

        assertThat(result.epochs())
                .as("the rest of the second epoch, then every second one")
                .extracting(EpochFigures::selectionExamples)
                .containsExactly(0L, 2 * 32L + 8, 0L, 200L, 0L);
    }

    @Test
    void selectionUsesScaledImagesAndTrainingFullOnes() throws InterruptedException {
        TestRun.Result full =
                new TestRun().policy(TestRun.cheap(1, 1)).epochs(1).run(first(16));
        TestRun.Result half =
                new TestRun().policy(TestRun.cheap(1, .5)).epochs(1).run(first(16));

        assertThat(half.selector().announcements.get(0).losses())
                .isNotEqualTo(full.selector().announcements.get(0).losses());
        assertThat(half.checksum())
                .as("the mask does not depend on losses here, so nothing else may differ")
                .isEqualTo(full.checksum());
    }

    @Test
    void figuresCountSelectionPassesAndSteps() throws InterruptedException {
        EpochFigures half = new TestRun()
                .policy(TestRun.cheap(1, .5))
                .epochs(1)
                .run(first(16))
                .epochs()
                .get(0);
        EpochFigures none = new TestRun()
                .policy(TestRun.random())
                .epochs(1)
                .run(first(16))
                .epochs()
                .get(0);

        assertThat(half.scaledSelectionExamples()).isEqualTo(.25 * half.selectionExamples());
        assertThat(half.selectionSeconds()).isPositive();
        assertThat(half.stepSeconds()).isPositive();
        assertThat(half.selectionSeconds() + half.stepSeconds()).isLessThanOrEqualTo(half.seconds());
        assertThat(none.scaledSelectionExamples()).isZero();
        assertThat(none.selectionSeconds()).isZero();
    }

    @Test
    void infoBatchReportsStepLossesAndOpensTheLastEpochsWhole() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .policy(TestRun.scheduled(PolicyKind.INFOBATCH, 0, .75, 0))
                .epochs(4)
                .evaluateEvery(0)
                .run(ScriptedSelector::whole);

        assertThat(result.epochs()).extracting(EpochFigures::selectionExamples).containsOnly(0L);
        assertThat(result.selector().openings)
                .extracting(ScriptedSelector.Opening::whole)
                .containsExactly(false, false, false, true);
        assertThat(result.selector().steps).hasSize(4 * BATCHES);
        for (int i = 0; i < 4 * BATCHES; i++) {
            ScriptedSelector.Step step = result.selector().steps.get(i);
            assertThat(step.indices())
                    .isEqualTo(result.selector().announcements.get(i).indices());
            assertThat(step.losses()).hasSameSizeAs(step.indices());
            assertThat(step.correct()).hasSize((step.indices().length + 7) / 8);
            BitSet correct = BitSet.valueOf(step.correct());
            for (int place = 0; place < step.losses().length; place++) {
                // Whatever has more than half of the probability is the prediction; there are ten classes.
                assertThat(correct.get(place) || step.losses()[place] > Math.log(2) - 1e-6)
                        .isTrue();
                assertThat(!correct.get(place) || step.losses()[place] < Math.log(10) + 1e-6)
                        .isTrue();
            }
        }
        assertThat(new TestRun().run(HIGHER_HALF).selector().steps)
                .as("steps are not reported if the policy does not use them")
                .isEmpty();
    }

    /** Masks of a replay may select nothing of a batch, or of all batches of an epoch. */
    @ParameterizedTest
    @EnumSource(Policy.Batching.class)
    void aMaskThatSelectsNothingTakesNoStep(Policy.Batching batching, @TempDir Path folder) throws Exception {
        // Given: the second of three epochs is left empty.
        List<String> atBarriers = new ArrayList<>();
        TestRun.Result result = new TestRun()
                .epochs(3)
                .policy(TestRun.selective(batching))
                .atBarrier((state, network) -> {
                    Path file = folder.resolve(state.epoch() + ".safetensors");
                    try {
                        network.writeTraining(file, Map.of());
                        atBarriers.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
                    } catch (IOException failed) {
                        throw new UncheckedIOException(failed);
                    }
                })
                .run(batch -> batch.epoch() == 2 ? select(batch) : HIGHER_HALF.toBatch(batch));

        // Then: parameters, BatchNorm's statistics and the optimizer's velocity are what they were.
        assertThat(atBarriers).as("one at the end of each epoch").hasSize(3);
        assertThat(atBarriers.get(1)).isEqualTo(atBarriers.get(0));
        EpochFigures empty = result.epochs().get(1);
        assertThat(empty.seen()).isEqualTo(EXAMPLES);
        assertThat(empty.selected()).isZero();
        assertThat(empty.steps()).isZero();
        assertThat(empty.backwardExamples()).isZero();
        assertThat(result.epochs().get(2).steps()).isPositive();
    }

    @Test
    void epochWeightsActLikeBatchWeights() throws InterruptedException {
        // Given: half of the examples, every fourth of which counts twice.
        int[] kept = IntStream.range(0, EXAMPLES / 2).map(i -> 2 * i).toArray();
        float[] weights = new float[kept.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 4 == 0 ? 2 : 1;
        }

        // When: the weights come with the epoch, with each batch, or not at all.
        TestRun.Result byEpoch = new TestRun().run(keeping(kept, weights, batch -> null));
        TestRun.Result byBatch = new TestRun().run(keeping(kept, null, batch -> {
            float[] ofBatch = new float[batch.indices().length];
            for (int i = 0; i < ofBatch.length; i++) {
                ofBatch[i] = batch.indices()[i] % 8 == 0 ? 2 : 1;
            }
            return ofBatch;
        }));
        TestRun.Result without = new TestRun().run(keeping(kept, null, batch -> null));

        // Then
        assertThat(byEpoch.checksum()).isEqualTo(byBatch.checksum());
        assertThat(byEpoch.checksum()).isNotEqualTo(without.checksum());
    }

    private static ScriptedSelector.Script keeping(
            int[] kept, float @Nullable [] weights, Function<Announcement, float @Nullable []> ofBatch) {
        return new ScriptedSelector.Script() {
            @Override
            public Answer toBatch(Announcement batch) {
                int[] all = IntStream.range(0, batch.indices().length).toArray();
                return new Answer.BatchMask(batch.epoch(), batch.batch(), batch.revision(), all, ofBatch.apply(batch));
            }

            @Override
            public Answer toEpoch(int epoch, long revision) {
                return new Answer.EpochMask(epoch, revision, kept, weights);
            }
        };
    }

    @Test
    void announcesEveryExampleOncePerEpochInNewOrder() throws InterruptedException {
        TestRun.Result result = new TestRun().run(HIGHER_HALF);

        int[] all = IntStream.range(0, EXAMPLES).toArray();
        assertThat(result.selector().announced(1)).containsExactly(all);
        assertThat(result.selector().announced(2)).containsExactly(all);
        List<Announcement> batches = result.selector().announcements;
        assertThat(batches.get(0).indices()).isNotEqualTo(batches.get(BATCHES).indices());
        assertThat(batches)
                .extracting(batch -> batch.indices().length)
                .containsExactly(32, 32, 32, 32, 32, 32, 8, 32, 32, 32, 32, 32, 32, 8);
    }

    @Test
    void prunedExamplesAreNeverTouched() throws InterruptedException {
        // Given: a diet that leaves every third example, and another from the second epoch on.
        int[] thirds = IntStream.range(0, EXAMPLES).filter(i -> i % 3 == 0).toArray();
        int[] tenths = IntStream.range(0, EXAMPLES).filter(i -> i % 10 == 5).toArray();
        TestRun.Result result = new TestRun().run(new ScriptedSelector.Script() {
            @Override
            public @Nullable Answer toBatch(Announcement batch) {
                return HIGHER_HALF.toBatch(batch);
            }

            @Override
            public Answer toEpoch(int epoch, long revision) {
                return new Answer.EpochMask(epoch, revision, epoch == 1 ? thirds : tenths);
            }
        });

        // Then: nothing else is announced, and nothing gathered but what is announced or selected.
        assertThat(result.selector().announced(1)).containsExactly(thirds);
        assertThat(result.selector().announced(2)).containsExactly(tenths);
        assertThat(result.epochs()).extracting(EpochFigures::seen).containsExactly(67L, 20L);
        assertThat(result.gathered()).isEqualTo(67 + 34 + 20 + 10);
    }

    @Test
    void shrinkStepsOnTheKeptExamplesOfEachBatch() throws InterruptedException {
        TestRun.Result result = new TestRun().epochs(1).window(1).run(first(4));

        assertThat(result.epochs().get(0).steps()).isEqualTo(BATCHES);
        assertThat(result.epochs().get(0).backwardExamples()).isEqualTo(4 * BATCHES);
    }

    @Test
    void accumulateStepsOnFullBatchesAndTheRestAtTheEndOfAnEpoch() throws InterruptedException {
        // Given: 20 of each batch, so that every second or so a full one is there, and 8 of the last.
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(1)
                .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                .run(first(20));

        // Then: 128 examples are four full steps.
        assertThat(steps(result)).containsExactly(0L, 1L, 1L, 2L, 3L, 3L, 4L);
        assertThat(result.epochs().get(0).steps()).isEqualTo(4);

        // And: where it does not come out even, the rest is a step of its own, and of its own epoch.
        TestRun.Result uneven = new TestRun()
                .window(1)
                .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                .run(first(19));
        assertThat(uneven.epochs()).allSatisfy(epoch -> {
            assertThat(epoch.selected()).isEqualTo(6 * 19 + 8);
            assertThat(epoch.backwardExamples()).isEqualTo(6 * 19 + 8);
            assertThat(epoch.steps()).isEqualTo(4);
        });
    }

    @Test
    void queueIsTrainedFirstAfterASwapToShrink() throws InterruptedException {
        // Given: with the third batch announced the policy is swapped; 10 of each batch are selected.
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(1)
                .policy(TestRun.selective(Policy.Batching.ACCUMULATE))
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 1/2")) {
                        handle.swap().accept(TestRun.HALF);
                    }
                })
                .run(first(10));

        // Then: the slot of the fourth takes two steps, one on the 30 that waited, one on its own.
        assertThat(steps(result)).containsExactly(0L, 0L, 0L, 2L, 3L, 4L, 5L);
        assertThat(result.epochs().get(0).backwardExamples()).isEqualTo(6 * 10 + 8);
    }

    private static List<Long> steps(TestRun.Result result) {
        return result.events().stream()
                .filter(event -> event.what().startsWith("slot"))
                .map(TestRun.Event::steps)
                .toList();
    }

    @Test
    void emptySelectionTakesNoStep() throws InterruptedException {
        TestRun.Result result = new TestRun().run(batch -> select(batch));

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Completed());
        assertThat(result.epochs()).allSatisfy(epoch -> {
            assertThat(epoch.steps()).isZero();
            assertThat(epoch.selected()).isZero();
            assertThat(epoch.trainLoss()).isNull();
            assertThat(epoch.seen()).isEqualTo(EXAMPLES);
        });
    }

    /** BatchNorm1d has no variance of one value: such a network is trained on a single example with another one of weight 0. */
    @Test
    void singleExampleIsTrainedByNetworksThatNeedTwo() throws Exception {
        byte[] mixed = Objects.requireNonNull(ScriptArchive.class.getResourceAsStream("Mixed.pt"))
                .readAllBytes();
        for (Policy policy : List.of(TestRun.HALF, TestRun.scheduled(PolicyKind.INFOBATCH, 0, 1, 0))) {
            TestRun.Result result = new TestRun().script(mixed).policy(policy).run(first(1));

            assertThat(result.epochs()).hasSize(2).allSatisfy(epoch -> {
                assertThat(epoch.steps()).isEqualTo(BATCHES);
                assertThat(epoch.backwardExamples()).isEqualTo(BATCHES);
                assertThat(epoch.selected()).isEqualTo(BATCHES);
                assertThat(epoch.trainLoss()).isPositive();
            });
            assertThat(result.selector().steps)
                    .allSatisfy(step -> assertThat(step.losses()).hasSize(1));
        }
    }

    @Test
    void weightsScaleLossesThatAreDividedByTheNumberSelected() throws InterruptedException {
        // Given: without momentum and decay, weights of 2 at half the rate must move every weight by the same bits.
        for (Policy.Batching batching : Policy.Batching.values()) {
            TestRun.Result plain = new TestRun()
                    .policy(TestRun.selective(batching))
                    .withoutMomentumAndDecay()
                    .schedule("constant", .0625)
                    .run(first(20));
            TestRun.Result twice = new TestRun()
                    .policy(TestRun.selective(batching))
                    .withoutMomentumAndDecay()
                    .schedule("constant", .03125)
                    .run(batch -> {
                        int[] places = IntStream.range(0, Math.min(20, batch.indices().length))
                                .toArray();
                        float[] weights = new float[places.length];
                        Arrays.fill(weights, 2);
                        return new Answer.BatchMask(batch.epoch(), batch.batch(), batch.revision(), places, weights);
                    });

            assertThat(twice.checksum()).as("%s", batching).isEqualTo(plain.checksum());
            assertThat(twice.epochs().get(1).trainLoss())
                    .isEqualTo(plain.epochs().get(1).trainLoss());
        }
    }

    @Test
    void swapAppliesToTheNextUnannouncedBatch() throws InterruptedException {
        // Given: a window of 3, and a swap while batch 4 is announced.
        TestRun.Result result = new TestRun()
                .window(3)
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 1/4")) {
                        handle.swap().accept(TestRun.random());
                    }
                })
                .run(first(16));

        // Then
        List<Announcement> batches = result.selector().announcements;
        assertThat(batches).extracting(Announcement::revision).startsWith(0L, 0L, 0L, 0L, 0L, 1L, 1L, 1L);
        assertThat(batches).extracting(batch -> batch.losses() != null).startsWith(true, true, true, true, true, false);
        assertThat(result.what()).contains("revision 0 from 1/0", "revision 1 from 1/5");
        assertThat(result.epochs().get(0).policyRevisions()).containsExactly(0L, 1L);
        assertThat(result.epochs().get(1).policyRevisions()).containsExactly(1L);

        // And: the policy itself comes in the first message of its revision, and in the first after a barrier.
        assertThat(result.selector().openings)
                .containsExactly(
                        new ScriptedSelector.Opening(1, 0, TestRun.HALF, false),
                        new ScriptedSelector.Opening(2, 1, TestRun.random(), false));
        assertThat(batches.stream().filter(batch -> batch.policy() != null))
                .singleElement()
                .satisfies(batch -> {
                    assertThat(batch.batch()).isEqualTo(5);
                    assertThat(batch.policy()).isEqualTo(TestRun.random());
                });

        // And: every batch is judged and trained once.
        assertThat(result.epochs())
                .allSatisfy(epoch -> assertThat(epoch.steps()).isEqualTo(BATCHES));
        assertThat(batches).hasSize(2 * BATCHES).doesNotHaveDuplicates();
    }

    @Test
    void swapAtTheOpeningOfAnEpochIsSentWithIt() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 1/6")) {
                        handle.swap().accept(TestRun.random());
                    }
                })
                .run(first(16));

        assertThat(result.selector().openings.get(1))
                .isEqualTo(new ScriptedSelector.Opening(2, 1, TestRun.random(), false));
        assertThat(result.selector().announcements)
                .allSatisfy(batch -> assertThat(batch.policy()).isNull());
        assertThat(result.what()).contains("revision 1 from 2/0");
    }

    @Test
    void batchesOutsideItsScheduleAreTrainedWhole() throws InterruptedException {
        // Given: pruned from a quarter to three quarters of two epochs of seven batches, every third batch whole.
        TestRun.Result result = new TestRun()
                .policy(TestRun.scheduled(PolicyKind.SELECTIVE, .25, .75, 3))
                .run(HIGHER_HALF);

        // Then: batch 3.5 of 14 is the first to be pruned, batch 10.5 the first not to be.
        assertThat(result.selector().announcements)
                .extracting(Announcement::whole)
                .containsExactly(
                        true, true, true, true, false, true, false, false, false, true, false, true, true, true);
        assertThat(result.selector().announcements)
                .allSatisfy(batch -> assertThat(batch.losses() == null).isEqualTo(batch.whole()));
        assertThat(result.epochs().get(0).selected()).isEqualTo(5 * BATCH + BATCH / 2 + 4);
    }

    @Test
    void finalAnswersEndTheAttempt() throws InterruptedException {
        for (Answer ending : List.of(
                new Answer.Fenced(12), new Answer.Unknown(), new Answer.Refused("no scores"), new Answer.Stopped())) {
            assertThat(new TestRun()
                            .run(batch -> batch.batch() == 2 ? ending : HIGHER_HALF.toBatch(batch))
                            .outcome())
                    .isEqualTo(new TrainingLoop.Outcome.Ended(ending));
            TestRun.Result atTheEpoch = new TestRun().run(epochs((epoch, revision) -> ending));
            assertThat(atTheEpoch.outcome()).isEqualTo(new TrainingLoop.Outcome.Ended(ending));
            assertThat(atTheEpoch.selector().announcements).isEmpty();
        }
    }

    @Test
    void stoppedLoopAnnouncesNothingMore() throws InterruptedException {
        TestRun.Result result = new TestRun()
                .window(2)
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 1/3")) {
                        handle.inbox().offer(new Answer.Stopped());
                    }
                })
                .run(HIGHER_HALF);

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Ended(new Answer.Stopped()));
        assertThat(result.selector().announcements).hasSize(4);
        assertThat(result.epochs()).isEmpty();
    }

    @Test
    void unfitMasksAreRejected() throws InterruptedException {
        // Given: each answer is preceded by some that do not count.
        long[] dropped = new long[1];
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(2)
                .atEachMessage(handle -> {
                    if (handle.message().equals("open 1")) {
                        handle.inbox().offer(new Answer.EpochMask(1, 0, new int[] {0, 200}));
                        handle.inbox().offer(new Answer.EpochMask(1, 0, new int[0]));
                        handle.inbox().offer(new Answer.EpochMask(1, 9, null));
                    } else if (handle.message().startsWith("announce 1/")) {
                        int batch = Integer.parseInt(handle.message().substring("announce 1/".length()));
                        int size = batch == 6 ? 8 : 32;
                        handle.inbox().offer(new Answer.BatchMask(1, batch, 0, new int[] {0, size}, null));
                        handle.inbox().offer(new Answer.BatchMask(1, batch, 3, new int[] {0}, null));
                        handle.inbox().offer(new Answer.BatchMask(1, batch + 1, 0, new int[] {0}, null));
                    }
                    dropped[0] = handle.inbox().dropped();
                })
                .run(HIGHER_HALF);

        // Then
        assertThat(result.checksum())
                .isEqualTo(new TestRun().epochs(1).window(2).run(HIGHER_HALF).checksum());
        assertThat(dropped[0]).isEqualTo(3 + 7 * 3);
    }

    private interface ToEpoch {
        Answer answer(int epoch, long revision);
    }

    private static ScriptedSelector.Script epochs(ToEpoch toEpoch) {
        return new ScriptedSelector.Script() {
            @Override
            public @Nullable Answer toBatch(Announcement batch) {
                return HIGHER_HALF.toBatch(batch);
            }

            @Override
            public Answer toEpoch(int epoch, long revision) {
                return toEpoch.answer(epoch, revision);
            }
        };
    }

    @Test
    void noArraysLeakOnTheDevice() throws InterruptedException {
        for (Policy.Batching batching : Policy.Batching.values()) {
            TestRun.Result result =
                    new TestRun().policy(TestRun.selective(batching)).run(HIGHER_HALF);

            int before = result.events().get(0).arrays();
            // Except the losses of the last step, until the next step or the end of the epoch.
            assertThat(result.events())
                    .allSatisfy(
                            event -> assertThat(event.arrays()).as(event.what()).isBetween(before, before + 1));
            assertThat(result.event("done 2").arrays()).isEqualTo(before);
        }
    }

    @Test
    void evaluatesEveryNthEpochAndAtTheEnd() throws InterruptedException {
        assertThat(new TestRun().epochs(3).evaluateEvery(2).run(first(1)).epochs())
                .extracting(epoch -> epoch.accuracy() != null)
                .containsExactly(false, true, true);
        assertThat(new TestRun().epochs(2).evaluateEvery(0).run(first(1)).epochs())
                .extracting(epoch -> epoch.accuracy() != null)
                .containsExactly(false, false);
    }

    @Test
    void stopsAtTheFirstEvaluationThatReachesTheAccuracy() throws InterruptedException {
        TestRun.Result whole = new TestRun().epochs(4).evaluateEvery(2).run(first(1));
        double reached = Objects.requireNonNull(whole.epochs().get(1).accuracy());

        TestRun.Result stopped =
                new TestRun().epochs(4).evaluateEvery(2).stopAtAccuracy(reached).run(first(1));

        assertThat(stopped.outcome()).isInstanceOf(TrainingLoop.Outcome.Completed.class);
        assertThat(stopped.epochs()).hasSize(2);
        assertThat(stopped.epochs().get(1).accuracy()).isEqualTo(reached);
        assertThat(stopped.epochs().get(1).learningRate())
                .isEqualTo(whole.epochs().get(1).learningRate());
        assertThat(stopped.what()).contains("open 2").doesNotContain("open 3");
    }

    @Test
    void stopAtAccuracyDoesNotChangeTraining() throws InterruptedException {
        TestRun.Result whole = new TestRun().run(first(1));

        TestRun.Result never = new TestRun().stopAtAccuracy(1).run(first(1));

        assertThat(never.checksum()).isEqualTo(whole.checksum());
        assertThat(never.epochs()).hasSize(2).allMatch(epoch -> epoch.evaluationSeconds() > 0);
    }
}
