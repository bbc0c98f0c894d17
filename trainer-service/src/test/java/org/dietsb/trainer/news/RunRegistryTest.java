package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.TrainingOrder;
import org.junit.jupiter.api.Test;

public class RunRegistryTest {
    private final RunRegistry registry = new RunRegistry();

    public static Run run(String id, long attempt, Run.State state) {
        TrainingOrder order = TestOrders.baseline(id);
        return new Run(
                order,
                attempt,
                state,
                state == Run.State.FAILED ? "no memory" : "",
                new DatasetIdentity("fashion-mini", 10_000, 10, "f00d"),
                1_700_000_000_000L,
                attempt < 0 ? 0 : 1_700_000_001_000L,
                state.isOver() ? 1_700_000_002_000L : 0,
                List.of(new Run.PlacedPolicy(0, Policy.BASELINE, 1, 0)),
                List.of(
                        new EpochFigures(
                                1,
                                .5,
                                2.25,
                                .1,
                                3.5,
                                100,
                                50,
                                7,
                                50,
                                100,
                                2.5,
                                3.5,
                                .25,
                                1,
                                List.of(0L, 1L),
                                .5,
                                .75,
                                2.5,
                                25,
                                1),
                        new EpochFigures(
                                2,
                                null,
                                2.0,
                                .05,
                                3.25,
                                100,
                                100,
                                7,
                                100,
                                0,
                                null,
                                null,
                                0,
                                0,
                                List.of(1L),
                                0,
                                0,
                                3,
                                0,
                                .5)),
                new Run.Position(2, 10, 7, 7, 100, 100, 0, 3.25),
                .25,
                .625,
                .5,
                false,
                List.of(new Run.KeptOfClass("trouser", 1_027, 231)),
                "beef",
                attempt < 1 ? null : new Run.Barrier(attempt - 1, 2, 3),
                0,
                "",
                false);
    }

    /** Cancels a run that was never resumed. */
    public static void cancel(RunRegistry registry, String runId) {
        registry.cancel(runId, 0);
    }

    @Test
    void latestAttemptReplacesEarlierOnes() {
        registry.accept(run("a", 7, Run.State.RUNNING));
        registry.accept(run("a", 3, Run.State.COMPLETED));
        assertThat(registry.find("a")).contains(run("a", 7, Run.State.RUNNING));

        registry.accept(run("a", 9, Run.State.RUNNING));
        registry.accept(run("a", 9, Run.State.FAILED));
        registry.accept(run("a", 9, Run.State.RUNNING));
        assertThat(registry.find("a")).as("what is over stays over").contains(run("a", 9, Run.State.FAILED));
    }

    /** As earlier versions wrote runs that had diverged. */
    @Test
    void nonFiniteLossesOfOldTopicsAreUnknown() {
        org.dietsb.trainer.wire.Run.Builder old = RunWire.toWire(run("a", 7, Run.State.COMPLETED)).toBuilder();
        old.getEpochsBuilder(0)
                .setTrainLoss(Double.NaN)
                .setMeanLossSeen(Double.POSITIVE_INFINITY)
                .setMeanLossSelected(Double.NaN);

        EpochFigures epoch = RunWire.fromWire(old.build()).epochs().get(0);

        assertThat(epoch.trainLoss()).isNull();
        assertThat(epoch.meanLossSeen()).isNull();
        assertThat(epoch.meanLossSelected()).isNull();
        assertThat(epoch.accuracy()).isEqualTo(.5);
    }

    @Test
    void duplicateIdIsRejected() {
        assertThat(registry.acceptNew(run("a", -1, Run.State.QUEUED))).isTrue();
        assertThat(registry.acceptNew(run("a", -1, Run.State.QUEUED))).isFalse();
    }

    @Test
    void followerGetsCurrentRunThenChangesUntilItsEnd() {
        registry.accept(run("a", 1, Run.State.RUNNING));
        var followed = registry.follow("a").map(Run::state).collect().asList().subscribeAsCompletionStage();

        registry.accept(run("b", 2, Run.State.FAILED));
        registry.accept(run("a", 1, Run.State.RUNNING));
        assertThat(followed).isNotDone();
        registry.accept(run("a", 1, Run.State.COMPLETED));

        assertThat(followed)
                .succeedsWithin(Duration.ofMinutes(1))
                .isEqualTo(List.of(Run.State.RUNNING, Run.State.RUNNING, Run.State.COMPLETED));
    }

    @Test
    void followerOfAFinishedRunGetsItsEnd() {
        registry.accept(run("a", 1, Run.State.FAILED));

        assertThat(registry.follow("a").map(Run::state).collect().asList().subscribeAsCompletionStage())
                .succeedsWithin(Duration.ofMinutes(1))
                .isEqualTo(List.of(Run.State.FAILED));
    }

    @Test
    void cancellationCallsBack() {
        AtomicInteger woken = new AtomicInteger();
        registry.whenCancelled("a", woken::incrementAndGet);
        registry.cancel("b", 0);
        assertThat(woken).hasValue(0);
        registry.cancel("a", 0);
        assertThat(woken).hasValue(1);

        registry.forget("a");
        registry.cancel("a", 0);
        assertThat(woken).hasValue(1);
        registry.whenCancelled("a", woken::incrementAndGet);
        assertThat(woken).as("cancelled before it began").hasValue(2);
    }

    @Test
    void resumedRunReplacesItsEndAndIsNotCancelledAgain() {
        Run failed = run("a", 7, Run.State.CANCELLED);
        registry.accept(failed);
        registry.cancel("a", 0);
        // When
        assertThat(registry.acceptAfter(failed, failed.queuedAgain())).isTrue();
        // Then
        assertThat(registry.isIn(Run.State.QUEUED, "a")).isTrue();
        assertThat(registry.isCancelled("a")).isFalse();
        assertThat(registry.acceptAfter(failed, failed.queuedAgain()))
                .as("a second request")
                .isFalse();
        registry.accept(failed);
        assertThat(registry.isIn(Run.State.QUEUED, "a")).as("a late message").isTrue();
        // And
        registry.cancel("a", 1);
        assertThat(registry.isCancelled("a")).isTrue();
    }

    @Test
    void takesLastUntilTheyAreOverOrTheRunIs() {
        Take one = new Take("a", "1", false, null, 0);
        Take other = new Take("a", "2", false, new Run.Barrier(3, 2, 0), 0);
        registry.accept(run("a", 7, Run.State.RUNNING));
        registry.accept(one);
        registry.accept(other);
        assertThat(registry.takes("a")).containsExactlyInAnyOrder(one, other);
        registry.accept(one.ended());
        assertThat(registry.takes("a")).containsExactly(other);
        registry.accept(run("a", 7, Run.State.COMPLETED));
        assertThat(registry.takes("a")).isEmpty();
        registry.accept(other.ended());
        registry.accept(one);
        assertThat(registry.takes("a")).as("late").isEmpty();
    }

    @Test
    void signIsAwaited() throws InterruptedException {
        long heard = registry.signs("a");
        assertThat(registry.awaitSign("a", heard, Duration.ofMillis(1))).isFalse();
        registry.accept(run("b", 7, Run.State.RUNNING));
        assertThat(registry.awaitSign("a", heard, Duration.ofMillis(1))).isFalse();
        registry.accept(new Take("a", "1", false, null, 0));
        assertThat(registry.awaitSign("a", heard, Duration.ofMillis(1))).isTrue();
    }

    @Test
    void runSurvivesARoundTrip() {
        for (Run run : List.of(
                run("a", 7, Run.State.FAILED),
                run("a", 0, Run.State.RUNNING),
                Run.queued(run("a", -1, Run.State.QUEUED).order(), 1_700_000_000_000L))) {
            assertThat(RunWire.fromWire(RunWire.toWire(run))).isEqualTo(run);
        }
    }
}
