package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class ScoreRetentionTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);
    private static final Duration LONGEST = Duration.ofSeconds(50);
    private static final List<ScoreRetention.Ended> ENDED = List.of(ended("b", 20), ended("c", 10), ended("a", 50));

    @Test
    void thoseThatEndedLastAreKept() {
        assertThat(ScoreRetention.old(ENDED, NOW, 3, LONGEST)).isEmpty();
        assertThat(ScoreRetention.old(ENDED, NOW, 2, LONGEST)).containsExactly("a");
        assertThat(ScoreRetention.old(ENDED, NOW, 1, LONGEST)).containsExactly("a", "b");
    }

    @Test
    void thoseThatEndedLongAgoAreOld() {
        assertThat(ScoreRetention.old(ENDED, NOW.plusMillis(1), 3, LONGEST)).containsExactly("a");
        assertThat(ScoreRetention.old(ENDED, NOW.plusSeconds(31), 3, LONGEST)).containsExactly("a", "b");
    }

    /** Topics are read independently: the swap may arrive before its run. */
    @Test
    void swapUsesAScoreSetUntilItsRunIsOver() {
        ScoreSetUses uses = new ScoreSetUses();
        uses.read(change("r", "s"));
        assertThat(uses.of("s")).isEmpty();
        uses.read(run(Run.State.QUEUED));
        assertThat(uses.of("s")).containsExactly("r");
        uses.read(run(Run.State.FAILED));
        assertThat(uses.of("s")).isEmpty();
        // A resumed run has its swaps.
        uses.read(run(Run.State.RUNNING));
        assertThat(uses.of("s")).containsExactly("r");
    }

    @Test
    void ownSetOfARunIsUsedByIt() {
        ScoreSetUses uses = new ScoreSetUses();
        uses.read(run(Run.State.RUNNING));
        assertThat(uses.of("r.own")).containsExactly("r");
        assertThat(uses.of("other.own")).isEmpty();
        uses.read(run(Run.State.COMPLETED));
        assertThat(uses.of("r.own")).isEmpty();
    }

    @Test
    void onlyTheNewestPolicyOfNewRunsCounts() {
        ScoreSetUses uses = new ScoreSetUses();
        uses.read(change("*", "s"));
        assertThat(uses.of("s")).containsExactly("*");
        uses.read(change("*", "t"));
        assertThat(uses.of("s")).isEmpty();
        assertThat(uses.of("t")).containsExactly("*");
    }

    private static ScoreRetention.Ended ended(String id, int secondsAgo) {
        return new ScoreRetention.Ended(id, NOW.minusSeconds(secondsAgo));
    }

    private static PolicyChange change(String run, String set) {
        return PolicyChange.newBuilder()
                .setRunId(run)
                .setPolicy(Policy.newBuilder().setScoreSet(set))
                .build();
    }

    private static Run run(Run.State state) {
        Run.Builder run = Run.newBuilder().setState(state);
        run.getOrderBuilder().setRunId("r");
        return run.build();
    }
}
