package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.Run;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AwaitingRunsTest {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final Instant QUEUED = Instant.ofEpochMilli(1_000_000);
    private static final Instant LATER = QUEUED.plus(GRACE);

    private final AwaitingRuns runs = new AwaitingRuns();

    @Test
    void runAwaitsAScoringThatIsRunning() {
        runs.read(run("r", "s"));
        assertThat(runs.due(LATER.plus(GRACE), Set.of("s"), GRACE, Map.of("s", scoring(null))))
                .isEmpty();
    }

    @Test
    void runIsQueuedByTheScorerOfItsScoringAtOnceAndByAnyLater() {
        runs.read(run("r", "s"));
        // The scoring began before the run was ordered, and ended after that.
        Map<String, ScoringState> ended = Map.of("s", scoring(LATER));
        assertThat(runs.due(LATER, Set.of("s"), GRACE, ended)).singleElement().isInstanceOf(Duty.class);
        assertThat(runs.due(LATER.plusSeconds(29), Set.of(), GRACE, ended)).isEmpty();
        assertThat(runs.due(LATER.plusSeconds(30), Set.of(), GRACE, ended))
                .singleElement()
                .isInstanceOf(Duty.class);
    }

    /** It fails then with the selector's reason, and does not wait for ever. */
    @Test
    void runOfAnUnknownScoringIsQueuedAfterAWhile() {
        runs.read(run("r", "nobodys"));
        assertThat(runs.due(LATER.minusMillis(1), Set.of("nobodys"), GRACE, Map.of()))
                .isEmpty();
        assertThat(runs.due(LATER, Set.of(), GRACE, Map.of())).singleElement().isInstanceOf(Duty.class);
    }

    @Test
    void runThatIsCancelledOrQueuedOrDeletedAwaitsNothing() {
        for (Run changed : new Run[] {
            run("r", "s").toBuilder().setState(Run.State.CANCELLED).build(),
            run("r", "s").toBuilder().clearAwaitsScores().build()
        }) {
            runs.read(run("r", "s"));
            runs.read(changed);
            assertThat(runs.isAwaiting("r")).isFalse();
        }
        runs.read(run("r", "s"));
        runs.removed("r/taken/some");
        assertThat(runs.isAwaiting("r")).isTrue();
        runs.removed("r/queued");
        assertThat(runs.isAwaiting("r")).isFalse();
    }

    @Test
    void scoringEndsWithTheLastRunThatItWasOrderedWith() {
        ScoreSetUses uses = new ScoreSetUses();
        Instant soon = QUEUED.plusSeconds(2);
        Run cancelled = run("r", "s").toBuilder()
                .setState(Run.State.CANCELLED)
                .setEndedMillis(QUEUED.toEpochMilli())
                .build();
        // A run that awaits its scores does not end the scoring.
        runs.read(run("r", "s"));
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses)).isEmpty();
        runs.read(cancelled);
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses))
                .containsExactly(new Duty.Stop("s", "run r is cancelled, and no other run awaits it"));
        // The order of another run may be on its way.
        assertThat(runs.stops(soon.minusMillis(1), GRACE, Map.of("s", running(QUEUED)), uses))
                .isEmpty();
        // A scoring that was requested long before the run, or after it, is not its own.
        assertThat(runs.stops(
                        soon, GRACE, Map.of("s", running(QUEUED.minus(GRACE).minusMillis(1))), uses))
                .isEmpty();
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED.plusMillis(1))), uses))
                .isEmpty();
        assertThat(runs.stops(soon, GRACE, Map.of("s", scoring(QUEUED)), uses)).isEmpty();
        uses.read(run("other", "s"));
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses)).isEmpty();
        uses.read(run("other", "s").toBuilder().setState(Run.State.FAILED).build());
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses)).hasSize(1);
        // A run that had begun needed no more scores.
        runs.read(cancelled.toBuilder().setStartedMillis(1).build());
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses)).isEmpty();
        runs.read(cancelled);
        runs.removed("r/queued");
        assertThat(runs.stops(soon, GRACE, Map.of("s", running(QUEUED)), uses)).isEmpty();
    }

    private static ScoringState running(Instant requested) {
        return new ScoringState(
                "s",
                ScoringRequested.newBuilder()
                        .setEpochMillis(requested.toEpochMilli())
                        .build(),
                null,
                null,
                Map.of(),
                new MemberRuns());
    }

    private static Run run(String id, String scoreSet) {
        Run.Builder run = Run.newBuilder()
                .setState(Run.State.QUEUED)
                .setAwaitsScores(true)
                .setQueuedMillis(QUEUED.toEpochMilli());
        run.getOrderBuilder().setRunId(id).getFirstPolicyBuilder().setScoreSet(scoreSet);
        return run.build();
    }

    /** A scoring that was cancelled at this time, or is running. */
    private static ScoringState scoring(@Nullable Instant cancelled) {
        return new ScoringState(
                "s",
                ScoringRequested.getDefaultInstance(),
                cancelled == null
                        ? null
                        : ScoringFailed.newBuilder()
                                .setEpochMillis(cancelled.toEpochMilli())
                                .build(),
                null,
                Map.of(),
                new MemberRuns());
    }
}
