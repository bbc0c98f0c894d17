package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.TestRun.HALF;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.Answer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that need no losses are announced in spans, and trained as if they had been announced one by one. */
class SpanTest {

    /** Selects some places of each batch, by its place. */
    private static Answer.BatchMask some(Announcement batch) {
        int n = batch.indices().length;
        int[] places = IntStream.range(0, n)
                .filter(place -> n == 1 || (place + batch.batch() + batch.revision()) % 2 == 0)
                .toArray();
        return batch.whole() ? ScriptedSelector.whole(batch) : ScriptedSelector.select(batch, places);
    }

    /** Answers without losses, of a selector that takes spans or does not. */
    private static ScriptedSelector.Script script(boolean takesSpans) {
        return script(takesSpans, batch -> batch.losses() == null ? some(batch) : HIGHER_HALF.toBatch(batch));
    }

    private static ScriptedSelector.Script script(
            boolean takesSpans, Function<Announcement, @Nullable Answer> toBatch) {
        return new ScriptedSelector.Script() {
            @Override
            public @Nullable Answer toBatch(Announcement batch) {
                return toBatch.apply(batch);
            }

            @Override
            public Answer toEpoch(int epoch, long revision) {
                return new Answer.EpochMask(epoch, revision, null, null, takesSpans);
            }
        };
    }

    private static void assertSameRuns(TestRun.Result inSpans, TestRun.Result oneByOne) {
        assertThat(inSpans.checksum()).isEqualTo(oneByOne.checksum());
        List<Announcement> ours = inSpans.selector().announcements;
        List<Announcement> theirs = oneByOne.selector().announcements;
        assertThat(ours).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(ours.get(i)).usingRecursiveComparison().isEqualTo(theirs.get(i));
        }
        assertThat(oneByOne.selector().spans).isEmpty();
    }

    /** Returns the number of messages that announce the batches of an epoch; as many answer them. */
    private static long messages(TestRun.Result run, int epoch) {
        return run.selector().announcements.stream()
                        .filter(batch -> batch.epoch() == epoch)
                        .count()
                - run.selector().spans.stream()
                        .filter(span -> span.get(0).epoch() == epoch)
                        .mapToInt(span -> span.size() - 1)
                        .sum();
    }

    @Test
    void anEpochOfAHundredBatchesTakesFewMessages() throws InterruptedException {
        TestRun.Result oneByOne = hundred(4, false);
        assertThat(messages(oneByOne, 1)).isEqualTo(100);
        Map<Integer, Long> messages = Map.of(1, 100L, 4, 33L, 16, 8L, 64, 2L);
        for (int window : messages.keySet()) {
            TestRun.Result inSpans = hundred(window, true);

            assertSameRuns(inSpans, oneByOne);
            assertThat(messages(inSpans, 1)).as("window %d", window).isEqualTo(messages.get(window));
            for (List<Announcement> span : inSpans.selector().spans) {
                assertThat(span).hasSizeBetween(2, window);
            }
        }
    }

    private static TestRun.Result hundred(int window, boolean takesSpans) throws InterruptedException {
        return new TestRun()
                .epochs(1)
                .evaluateEvery(0)
                .batchSize(2)
                .window(window)
                .policy(TestRun.random())
                .run(script(takesSpans));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6})
    void aSwapTakesEffectAtTheSameBatch(int window) throws InterruptedException {
        int slot = 8;
        TestRun.Result oneByOne = swapped(window, slot, false);
        TestRun.Result inSpans = swapped(window, slot, true);

        assertSameRuns(inSpans, oneByOne);
        for (List<Announcement> span : inSpans.selector().spans) {
            assertThat(span)
                    .extracting(Announcement::revision)
                    .containsOnly(span.get(0).revision());
        }
        assertThat(inSpans.what()).contains("revision 1 from 1/" + (slot + window + 1));
    }

    /** Swaps when a slot of epoch 1 is done. */
    private static TestRun.Result swapped(int window, int slot, boolean takesSpans) throws InterruptedException {
        AtomicInteger slots = new AtomicInteger();
        return new TestRun()
                .epochs(1)
                .evaluateEvery(0)
                .batchSize(8)
                .window(window)
                .policy(TestRun.random())
                .atEachSlot(handle -> {
                    if (slots.getAndIncrement() == slot) {
                        handle.swap().accept(Policy.ofKind(PolicyKind.INFOBATCH).build());
                    }
                })
                .run(script(takesSpans));
    }

    @Test
    void phasesBarriersAndEndsOfEpochsKeepTheirPlaces() throws InterruptedException {
        Policy late = Policy.ofKind(PolicyKind.SELECTIVE)
                .start(.4)
                .end(.8)
                .interrupt(5)
                .build();
        for (Policy policy : List.of(late, TestRun.scheduled(PolicyKind.RANDOM, .3, .6, 3))) {
            TestRun.Result oneByOne = checkpointed(policy, false);
            TestRun.Result inSpans = checkpointed(policy, true);

            assertSameRuns(inSpans, oneByOne);
            assertThat(inSpans.gathered()).isEqualTo(oneByOne.gathered());
            assertThat(inSpans.selector().spans).isNotEmpty();
            for (List<Announcement> span : inSpans.selector().spans) {
                int first = span.get(0).batch();
                assertThat(span).allMatch(batch -> batch.losses() == null);
                assertThat(span)
                        .extracting(Announcement::epoch)
                        .containsOnly(span.get(0).epoch());
                assertThat(span).extracting(Announcement::batch).allMatch(batch -> batch / 9 == first / 9);
                assertThat(span.stream().skip(1)).allMatch(batch -> batch.policy() == null);
            }
            assertThat(barriers(inSpans)).isEqualTo(barriers(oneByOne));
        }
    }

    private static TestRun.Result checkpointed(Policy policy, boolean takesSpans) throws InterruptedException {
        return new TestRun()
                .epochs(1)
                .evaluateEvery(0)
                .batchSize(8)
                .window(6)
                .checkpointEvery(9)
                .policy(policy)
                .run(script(takesSpans));
    }

    /** Returns the barriers with the number of batches that were announced before each. */
    private static List<String> barriers(TestRun.Result run) {
        int[] announced = {0};
        return run.what().stream()
                .peek(what -> announced[0] += what.startsWith("announce") ? 1 : 0)
                .filter(what -> what.startsWith("state"))
                .map(what -> what + " after " + announced[0])
                .toList();
    }

    @Test
    void batchesThatAreJudgedByLossesAreAnnouncedOneByOne() throws InterruptedException {
        TestRun.Result stale = new TestRun().policy(TestRun.cheap(2, 1)).run(script(true));
        TestRun.Result fresh = new TestRun().policy(HALF).run(script(true));

        assertThat(stale.selector().spans).as("the losses of an earlier epoch").isEmpty();
        assertThat(fresh.selector().spans).isEmpty();
    }

    @Test
    void aSpanWithoutAnAnswerIsTrainedAsItsBatchesWouldBe() throws InterruptedException {
        ScriptedSelector.Script silentAtFirst = script(true, batch -> batch.batch() < 4 ? null : some(batch));
        TestRun.Result run = new TestRun()
                .epochs(1)
                .policy(TestRun.random())
                .patience(Duration.ofMillis(50), OnTimeout.WHOLE)
                .run(silentAtFirst);

        assertThat(run.epochs().get(0).maskTimeouts()).isEqualTo(4);
        assertThat(run.selector().timedOut.get(4))
                .as("reported with the next span")
                .hasSize(3);
    }

    @Test
    void aTrainerThatWaitsAsksForEachBatchAgain() throws InterruptedException {
        int[] asked = new int[TestRun.BATCHES];
        ScriptedSelector.Script lost =
                script(true, batch -> asked[batch.batch()]++ == 0 && batch.batch() == 2 ? null : some(batch));
        TestRun.Result run = new TestRun()
                .epochs(1)
                .policy(TestRun.random())
                .patience(Duration.ofMillis(50), OnTimeout.WAIT)
                .run(lost);

        assertThat(Arrays.stream(asked).boxed()).containsExactly(1, 1, 2, 1, 1, 1, 1);
        assertThat(run.epochs().get(0).maskTimeouts()).isZero();
        assertThat(run.checksum())
                .isEqualTo(new TestRun()
                        .epochs(1)
                        .policy(TestRun.random())
                        .run(script(false))
                        .checksum());
    }
}
