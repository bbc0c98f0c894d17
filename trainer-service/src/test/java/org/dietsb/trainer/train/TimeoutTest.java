package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.ScriptedSelector.first;
import static org.dietsb.trainer.train.TestRun.BATCHES;
import static org.dietsb.trainer.train.TestRun.EXAMPLES;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.loss.TimedOutBatch;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Masks that time out. All other masks arrive before their announcement returns, so that results do not depend on timing. */
class TimeoutTest {
    private static final Duration SHORT = Duration.ofMillis(5);

    /** Answers all batches of the first epoch but these. */
    private static ScriptedSelector.Script silentAbout(Integer... batches) {
        return batch ->
                batch.epoch() == 1 && List.of(batches).contains(batch.batch()) ? null : HIGHER_HALF.toBatch(batch);
    }

    @Test
    void timedOutBatchIsTrainedWholeWithoutFurtherWaiting() throws InterruptedException {
        // Given: a window of 2, and no masks for batches 1 and 2.
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(2)
                .patience(SHORT, OnTimeout.WHOLE)
                .run(silentAbout(1, 2));

        // Then: from the slot of 1 on it announces without losses, until the mask of 3 is there in time.
        List<Announcement> batches = result.selector().announcements;
        assertThat(batches)
                .extracting(batch -> batch.losses() != null)
                .containsExactly(true, true, true, false, false, true, true);
        assertThat(result.selector().timedOut)
                .containsExactly(
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(new TimedOutBatch(1, 1, OnTimeout.WHOLE)),
                        List.of(new TimedOutBatch(1, 2, OnTimeout.WHOLE)),
                        List.of(),
                        List.of());
        EpochFigures epoch = result.epochs().get(0);
        assertThat(epoch.maskTimeouts()).isEqualTo(2);
        assertThat(epoch.steps()).isEqualTo(BATCHES);
        assertThat(epoch.selectionExamples()).isEqualTo(EXAMPLES - 2 * 32);
        // Batches 3 and 4 were announced without losses: the selector then selects all examples.
        assertThat(epoch.selected()).isEqualTo(16 + 32 + 32 + 32 + 32 + 16 + 4);
        assertThat(result.slots())
                .extracting(RunListener.EpochProgress::timedOut)
                .containsExactly(false, true, true, true, true, true, true);
        assertThat(result.registry().get("dietsb_mask_timeouts").counter().count())
                .isEqualTo(2);
    }

    @Test
    void timeOutsAtTheEndOfAnEpochAreReportedInTheNext() throws InterruptedException {
        TestRun.Result result =
                new TestRun().window(1).patience(SHORT, OnTimeout.WHOLE).run(silentAbout(6));

        Announcement first = result.selector().announcements.get(BATCHES);
        assertThat(result.selector().timedOut.get(BATCHES)).containsExactly(new TimedOutBatch(1, 6, OnTimeout.WHOLE));
        assertThat(first.losses()).isNull();
        assertThat(result.selector().announcements.get(BATCHES + 1).losses()).isNotNull();
        assertThat(result.epochs()).extracting(EpochFigures::maskTimeouts).containsExactly(1, 0);
    }

    @Test
    void randomKeepsTheShareOfTheLastMask() throws InterruptedException {
        // Given: masks of 8 of 32, and from batch 2 on none.
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(1)
                .patience(SHORT, OnTimeout.RANDOM)
                .run(batch -> batch.batch() < 2 ? first(8).toBatch(batch) : null);

        // Then: a quarter of each batch is selected, another one for another seed.
        EpochFigures epoch = result.epochs().get(0);
        assertThat(epoch.maskTimeouts()).isEqualTo(5);
        assertThat(epoch.selected()).isEqualTo(6 * 8 + 2);
        assertThat(result.selector().timedOut.get(3)).containsExactly(new TimedOutBatch(1, 2, OnTimeout.RANDOM));
    }

    @Test
    void randomTrainsScheduledWholeBatchesWholeAndIgnoresTheirShare() throws InterruptedException {
        // Given: every second batch is to be whole; masks for the first two, of 8 and of all.
        Policy everySecond = TestRun.scheduled(PolicyKind.RANDOM, 0, 1, 2);
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(1)
                .policy(everySecond)
                .patience(SHORT, OnTimeout.RANDOM)
                .run(batch -> batch.batch() == 0
                        ? first(8).toBatch(batch)
                        : batch.batch() == 1 ? ScriptedSelector.whole(batch) : null);

        // Then: batches 0 to 6 train 8, 32, 8, 32, 8, 32 and 2.
        assertThat(result.epochs().get(0).selected()).isEqualTo(8 + 32 + 8 + 32 + 8 + 32 + 2);
    }

    @Test
    void waitIgnoresTheTimeOut() throws InterruptedException {
        Executor late = CompletableFuture.delayedExecutor(40, TimeUnit.MILLISECONDS);
        TestRun.Result result = new TestRun()
                .epochs(1)
                .patience(Duration.ofMillis(1), OnTimeout.WAIT)
                .run(HIGHER_HALF, late);

        assertThat(result.epochs().get(0).maskTimeouts()).isZero();
        assertThat(result.epochs().get(0).selected()).isEqualTo(EXAMPLES / 2);
        assertThat(result.slots()).noneMatch(RunListener.EpochProgress::timedOut);
    }

    /** Answers nothing that it is asked for the first time: epochs, batches and barriers. */
    private static final class Forgetful implements ScriptedSelector.Script {
        final Set<String> heard = new HashSet<>();

        @Override
        public @Nullable Answer toBatch(Announcement batch) {
            return heard.add("batch " + batch.epoch() + "/" + batch.batch()) ? null : HIGHER_HALF.toBatch(batch);
        }

        @Override
        public @Nullable Answer toStateRequest(int epoch, int batch) {
            return heard.add("state " + epoch + "/" + batch) ? null : HIGHER_HALF.toStateRequest(epoch, batch);
        }

        @Override
        public @Nullable Answer toEpoch(int epoch, long revision) {
            return heard.add("epoch " + epoch) ? null : HIGHER_HALF.toEpoch(epoch, revision);
        }
    }

    @Test
    void waitAsksAgainForWhatHasNoAnswerAndTrainsTheSame() throws InterruptedException {
        TestRun.Result answered = new TestRun().patience(SHORT, OnTimeout.WAIT).run(HIGHER_HALF);
        TestRun.Result result = new TestRun().patience(SHORT, OnTimeout.WAIT).run(new Forgetful());

        assertThat(result.outcome()).isEqualTo(new TrainingLoop.Outcome.Completed());
        assertThat(result.checksum()).isEqualTo(answered.checksum());
        assertThat(result.selector().openings).hasSizeGreaterThanOrEqualTo(4);
        assertThat(result.selector().openings.get(1))
                .isEqualTo(result.selector().openings.get(0));
        assertThat(result.what().stream().filter("state 1/7"::equals).count()).isGreaterThanOrEqualTo(2);
        List<Announcement> ofBatch = result.selector().announcements.stream()
                .filter(batch -> batch.epoch() == 1 && batch.batch() == 3)
                .toList();
        assertThat(ofBatch).hasSizeGreaterThanOrEqualTo(2).allSatisfy(batch -> {
            assertThat(batch.indices()).isEqualTo(ofBatch.get(0).indices());
            assertThat(batch.losses()).isEqualTo(ofBatch.get(0).losses());
        });
        assertThat(ofBatch.get(1).policy())
                .as("its revision may be new to the selector")
                .isEqualTo(TestRun.HALF);
        assertThat(result.epochs()).extracting(EpochFigures::maskTimeouts).containsExactly(0, 0);
    }

    @Test
    void anEpochIsAskedForAgainWhateverOnTimeoutSays() throws InterruptedException {
        int[] asked = new int[1];
        TestRun.Result result = new TestRun()
                .epochs(1)
                .patience(SHORT, OnTimeout.WHOLE)
                .run(new ScriptedSelector.Script() {
                    @Override
                    public @Nullable Answer toBatch(Announcement batch) {
                        return HIGHER_HALF.toBatch(batch);
                    }

                    @Override
                    public @Nullable Answer toEpoch(int epoch, long revision) {
                        return ++asked[0] < 3 ? null : new Answer.Refused("the diet leaves nothing");
                    }
                });
        assertThat(asked[0]).isEqualTo(3);
        assertThat(result.outcome())
                .isEqualTo(new TrainingLoop.Outcome.Ended(new Answer.Refused("the diet leaves nothing")));
    }

    @Test
    void maskAfterItsSlotIsDropped() throws InterruptedException {
        // Given: the mask of batch 0 comes while batch 2 is announced, that of batch 1 twice.
        long[] dropped = new long[1];
        TestRun.Result result = new TestRun()
                .epochs(1)
                .window(2)
                .patience(SHORT, OnTimeout.WHOLE)
                .atEachMessage(handle -> {
                    if (handle.message().equals("announce 1/2")) {
                        handle.inbox().offer(new Answer.BatchMask(1, 0, 0, new int[] {1}, null));
                        handle.inbox().offer(new Answer.BatchMask(1, 1, 0, new int[] {1}, null));
                    }
                    dropped[0] = handle.inbox().dropped();
                })
                .run(silentAbout(0));

        assertThat(dropped[0]).isEqualTo(2);
        assertThat(Objects.requireNonNull(result.epochs().get(0)).maskTimeouts())
                .isEqualTo(1);
    }
}
