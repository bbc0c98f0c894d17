package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSetWire;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.scoreset.TestSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class ScoringBookTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final DatasetIdentity DATASET = Reports.dataset(3, "f00d");
    private final ScoreSets sets = TestSets.inMemory();
    private final ScoringBook book = new ScoringBook(sets);

    @Test
    void membersAreOrderedAtOnceByTheScorerThatTookTheRequest() {
        book.read(requested(1));
        assertThat(due(Set.of("s"))).hasSize(2).allMatch(Duty.Order.class::isInstance);
        assertThat(due(Set.of())).isEmpty();
    }

    @Test
    void membersThatNobodyOrderedAreOrderedByAnyScorerLater() {
        book.read(requested(1));
        Instant later = NOW.plus(GRACE);
        List<Duty> orders = book.due(later, Set.of(), GRACE);
        assertThat(orders).hasSize(2);
        // One is in topic training-orders, the other has been taken from it already.
        book.read(((Duty.Order) orders.get(0)).order());
        assertThat(book.due(later, Set.of(), GRACE)).hasSize(1);
        book.read(Run.newBuilder()
                .setOrder(((Duty.Order) orders.get(1)).order())
                .setState(Run.State.RUNNING)
                .build());
        assertThat(book.due(later, Set.of(), GRACE)).isEmpty();
    }

    @Test
    void scoresAreDueWhenTheLastMemberIsComplete() {
        book.read(requested(1));
        report("s-member-0", 0, .2f, .4f, .6f);
        assertThat(due(Set.of())).isEmpty();
        assertThat(book.find("s").orElseThrow().membersDone()).isEqualTo(1);
        report("s-member-1", 1, .4f, .4f, 1f);

        Duty.Publish publish = (Duty.Publish) due(Set.of()).get(0);

        assertThat(publish.set().scores()).containsExactly(.3f, .4f, .8f);
        assertThat(publish.set().labels()).containsExactly(0, 1, 2);
        assertThat(publish.set().manifest().members()).isEqualTo(2);
        assertThat(publish.set().manifest().seconds()).isEqualTo(3);
        assertThat(publish.set().manifest().examplesTrained()).isEqualTo(12);
    }

    @Test
    void membersThatAreTrainedElsewhereAreNotOrdered() {
        book.read(foreign());
        assertThat(book.due(NOW.plus(GRACE), Set.of("s"), GRACE)).isEmpty();
        assertThat(book.find("s").orElseThrow().memberRuns())
                .extracting(Scoring.MemberRun::state)
                .containsOnly("COMPLETED");
        report("s-member-0", 0, .2f, .4f, .6f);
        report("s-member-1", 1, .4f, .4f, 1f);
        assertThat(((Duty.Publish) due(Set.of()).get(0)).set().scores()).containsExactly(.3f, .4f, .8f);
    }

    @Test
    void membersThatWereTrainedElsewhereReportInTime() {
        book.read(foreign());
        report("s-member-0", 0, .2f, .4f, .6f);
        assertThat(due(Set.of())).isEmpty();
        assertThat(book.due(NOW.plus(GRACE), Set.of(), GRACE))
                .containsExactly(new Duty.Fail("s", "member 1 is completed, but its error norms have not arrived"));
    }

    @Test
    void aSetWhoseScoringToldNoLabelsHasNone() {
        book.read(foreign());
        for (int member = 0; member < 2; member++) {
            for (PredictionErrors chunk : chunks("s-member-" + member, member, DATASET, .25f, .5f, .75f)) {
                PredictionErrors bare = chunk.toBuilder().clearLabels().build();
                assertThat(Member.flaw(bare, 3)).isEmpty();
                book.read(bare);
            }
        }
        ScoreSet set = ((Duty.Publish) due(Set.of()).get(0)).set();
        assertThat(set.labels()).isEmpty();
        List<ScoreMessage> messages = List.copyOf(ScoreSetWire.messages(set, 2).values());
        messages.forEach(book::read);
        ScoreSet read = book.scoreSet("s").orElseThrow();
        assertThat(read.scores()).containsExactly(.25f, .5f, .75f);
        assertThat(read.labels()).isEmpty();
        // A set is damaged if some of its chunks have labels and some have none.
        ScoringBook other = new ScoringBook(TestSets.inMemory());
        other.read(foreign());
        ScoreMessage.Builder labelled = messages.get(0).toBuilder();
        labelled.getChunkBuilder().addLabels(0).addLabels(1);
        other.read(labelled.build());
        messages.subList(1, messages.size()).forEach(other::read);
        assertThat(other.find("s").orElseThrow().reason()).startsWith("score set is damaged");
    }

    private static ScoreMessage foreign() {
        ScoreMessage.Builder asked = requested(1).toBuilder();
        asked.getRequestedBuilder().setForeign(true);
        return asked.build();
    }

    @Test
    void aNewBookContinuesWhereTheOldOneEnded() {
        List<ScoreMessage> scores = new ArrayList<>(List.of(requested(1)));
        List<PredictionErrors> errors = new ArrayList<>(chunks("s-member-0", 0, DATASET, .2f, .4f, .6f));

        // Half-way, and with the topics read in the other order among them.
        ScoringBook restarted = book(List.of(), errors);
        scores.forEach(restarted::read);
        assertThat(restarted.find("s").orElseThrow().state()).isEqualTo(Scoring.State.RUNNING);
        assertThat(restarted.find("s").orElseThrow().membersDone()).isEqualTo(1);

        errors.addAll(chunks("s-member-1", 1, DATASET, .4f, .4f, 1f));
        List<Duty> duties = book(scores, errors).due(NOW, Set.of(), GRACE);
        assertThat(duties).hasSize(1);

        // Published in part: it is published again. Published whole: never more.
        List<ScoreMessage> published = List.copyOf(
                ScoreSetWire.messages(((Duty.Publish) duties.get(0)).set(), 2).values());
        scores.addAll(published.subList(0, published.size() - 1));
        assertThat(book(scores, errors).due(NOW, Set.of(), GRACE)).hasSize(1);
        scores.addAll(published);
        ScoringBook done = book(scores, errors);
        assertThat(done.due(NOW.plus(GRACE), Set.of("s"), GRACE)).isEmpty();
        assertThat(done.find("s").orElseThrow().state()).isEqualTo(Scoring.State.COMPLETED);
        assertThat(done.find("s").orElseThrow().membersDone()).isEqualTo(2);
        assertThat(done.find("s").orElseThrow().examples()).isEqualTo(12);
    }

    @Test
    void membersOfDifferentDatasetsFailTheScoring() {
        book.read(requested(1));
        report("s-member-0", 0, .2f, .4f, .6f);
        chunks("s-member-1", 1, Reports.dataset(3, "beef"), .2f, .4f, .6f).forEach(book::read);
        assertThat(due(Set.of()))
                .containsExactly(
                        new Duty.Fail(
                                "s",
                                "member 1 trained on another dataset than those before it: fashion-mini, 3 examples, checksum beef"));
    }

    @Test
    void aMemberThatFailedOrWasCancelledFailsTheScoring() {
        book.read(requested(1));
        book.read(PredictionFailed.newBuilder()
                .setScoringId("s")
                .setMember(1)
                .setRunId("s-member-1")
                .setReason("dataset not found")
                .build());
        assertThat(due(Set.of())).containsExactly(new Duty.Fail("s", "member 1 failed: dataset not found"));

        ScoringBook other = new ScoringBook(TestSets.inMemory());
        other.read(requested(1));
        other.read(Run.newBuilder()
                .setOrder(ScoringPlan.order("s", requested(1).getRequested(), 0))
                .setState(Run.State.CANCELLED)
                .setReason("cancelled before it began")
                .build());
        assertThat(other.due(NOW, Set.of(), GRACE))
                .containsExactly(new Duty.Fail("s", "member 0 was cancelled: cancelled before it began"));
    }

    @Test
    void aScoringThatFailedCancelsTheMembersThatWaitOrTrain() {
        // Given: one member failed, one is queued, one trains, one was never ordered.
        ScoreMessage asked = ScoreMessage.newBuilder()
                .setScoreSet("s")
                .setRequested(
                        ScoringPlan.parse("{\"id\": \"s\", \"members\": 4}").requested(1, NOW.toEpochMilli()))
                .build();
        book.read(asked);
        book.read(run(asked, 0, 1, Run.State.FAILED));
        book.read(run(asked, 1, 0, Run.State.QUEUED));
        book.read(run(asked, 2, 1, Run.State.RUNNING));
        assertThat(due(Set.of())).containsExactly(new Duty.Fail("s", "member 0 failed: no memory"));
        // When
        book.read(ended(false));
        // Then
        List<Duty> due = due(Set.of("s"));
        assertThat(due).extracting(duty -> ((Duty.Cancel) duty).runId()).containsExactly("s-member-1", "s-member-2");
        Run queued = Objects.requireNonNull(((Duty.Cancel) due.get(0)).end());
        assertThat(queued.getState()).isEqualTo(Run.State.CANCELLED);
        assertThat(queued.getReason()).isEqualTo("its scoring ended: no memory");
        assertThat(queued.getOrder().getRunId()).isEqualTo("s-member-1");
        assertThat(((Duty.Cancel) due.get(1)).end()).as("its trainer ends it").isNull();
        // And: a request is repeated until it is read back, also by another scorer.
        assertThat(due(Set.of())).hasSize(2);
        book.read(queued);
        book.read(CancelRequested.newBuilder().setRunId("s-member-2").build());
        assertThat(due(Set.of("s"))).isEmpty();
    }

    @Test
    void aCancelledScoringSaysSoAndBeginsAgain() {
        book.read(requested(1));
        book.read(ended(true));
        assertThat(book.find("s").orElseThrow().state()).isEqualTo(Scoring.State.CANCELLED);
        assertThat(due(Set.of("s"))).as("nobody ordered its members").isEmpty();
        book.read(requested(2));
        assertThat(book.find("s").orElseThrow().state()).isEqualTo(Scoring.State.RUNNING);
        assertThat(due(Set.of("s"))).hasSize(2).allMatch(Duty.Order.class::isInstance);
    }

    @Test
    void memberIsWhereItsLastMessageSays() {
        book.read(requested(1));
        book.read(run(requested(1), 0, 3, Run.State.RUNNING).toBuilder()
                .setEpochsInParts(256)
                .addEpochs(Epoch.newBuilder().setEpoch(257))
                .build());
        book.read(Beat.newBuilder()
                .setRunId("s-member-0")
                .setAttempt(3)
                .setPosition(Position.newBuilder().setBatch(7).setBatches(9))
                .build());
        book.read(Beat.newBuilder().setRunId("s-member-0").setAttempt(2).build());
        book.read(Beat.newBuilder().setRunId("unknown").setAttempt(2).build());
        Scoring.MemberRun member = book.find("s").orElseThrow().memberRuns().get(0);
        assertThat(member.epochsDone()).isEqualTo(257);
        assertThat(member.batch()).isEqualTo(7);
    }

    @Test
    void aReportThatCannotBeUsedFailsTheScoring() {
        book.read(requested(1));
        PredictionErrors flawed = chunks("s-member-1", 1, DATASET, .2f, .4f).get(0);
        book.spoil(flawed, "error norm is NaN, allowed is [0, sqrt 2]");
        Duty.Fail failure =
                new Duty.Fail("s", "the report of member 1 cannot be used: error norm is NaN, allowed is [0, sqrt 2]");
        // It may come again without the flaw, unless the run is over.
        assertThat(due(Set.of())).isEmpty();
        assertThat(book.due(NOW.plusSeconds(2), Set.of(), GRACE)).containsExactly(failure);
        report("s-member-1", 1, .2f, .4f, .6f);
        assertThat(book.due(NOW.plusSeconds(2), Set.of(), GRACE)).isEmpty();
        // A later attempt has another report.
        book.spoil(flawed.toBuilder().setAttempt(2).build(), "error norm is NaN, allowed is [0, sqrt 2]");
        book.read(run(requested(1), 1, 2, Run.State.COMPLETED));
        assertThat(due(Set.of())).containsExactly(failure);
    }

    @Test
    void aMemberThatCompletesWithoutItsReportFailsTheScoring() {
        book.read(requested(1));
        book.read(run(requested(1), 0, 1, Run.State.COMPLETED));
        // Topics are read independently of each other.
        assertThat(due(Set.of())).isEmpty();
        assertThat(book.due(NOW.plus(GRACE).minusMillis(1), Set.of("s"), GRACE)).hasSize(1);
        assertThat(book.due(NOW.plus(GRACE), Set.of(), GRACE))
                .containsExactly(new Duty.Fail("s", "member 0 is completed, but its error norms have not arrived"));
        report("s-member-0", 0, .2f, .4f, .6f);
        assertThat(book.due(NOW.plus(GRACE), Set.of(), GRACE)).allMatch(Duty.Order.class::isInstance);
    }

    @Test
    void aMemberThatIsKnownToBeQueuedIsOrderedUnlessItIs() {
        book.read(requested(1));
        // A scorer that died between the news and the order.
        book.read(run(requested(1), 0, 0, Run.State.QUEUED));
        assertThat(due(Set.of("s"))).hasSize(2);
        book.read(ScoringPlan.order("s", requested(1).getRequested(), 0));
        assertThat(due(Set.of("s"))).hasSize(1);
    }

    private static Run run(ScoreMessage asked, int member, long attempt, Run.State state) {
        return Run.newBuilder()
                .setOrder(ScoringPlan.order("s", asked.getRequested(), member))
                .setAttempt(attempt)
                .setState(state)
                .setReason(state == Run.State.FAILED ? "no memory" : "")
                .build();
    }

    private static ScoreMessage ended(boolean cancelled) {
        return ScoreMessage.newBuilder()
                .setScoreSet("s")
                .setFailed(ScoringFailed.newBuilder().setReason("no memory").setCancelled(cancelled))
                .build();
    }

    @Test
    void aScoringThatBeginsAgainIgnoresEarlierReports() {
        book.read(requested(1));
        report("s-member-0", 0, .2f, .4f, .6f);
        book.read(ScoreMessage.newBuilder()
                .setScoreSet("s")
                .setFailed(ScoringFailed.newBuilder().setReason("member 1 failed"))
                .build());
        assertThat(book.find("s").orElseThrow().state()).isEqualTo(Scoring.State.FAILED);
        assertThat(book.find("s").orElseThrow().reason()).isEqualTo("member 1 failed");
        assertThat(due(Set.of("s"))).isEmpty();

        book.read(requested(2));
        report("s-member-1", 1, .2f, .4f, .6f);
        report("s-member-0", 0, .2f, .4f, .6f);

        assertThat(book.find("s").orElseThrow().state()).isEqualTo(Scoring.State.RUNNING);
        assertThat(book.find("s").orElseThrow().membersDone()).isZero();
        report("s-member-0-try2", 0, .2f, .4f, .6f);
        report("s-member-1-try2", 1, .2f, .4f, .6f);
        assertThat(due(Set.of())).hasSize(1).allMatch(Duty.Publish.class::isInstance);
    }

    @Test
    void progressIsThatOfTheHighestAttempt() {
        book.read(requested(1));
        book.read(run(9, 4));
        book.read(run(3, 7));
        assertThat(book.find("s").orElseThrow().memberRuns().get(0).batch()).isEqualTo(4);
        assertThat(book.find("s").orElseThrow().memberRuns().get(0).state()).isEqualTo("RUNNING");
        assertThat(book.find("s").orElseThrow().memberRuns().get(1).state()).isEqualTo("QUEUED");
    }

    private static Run run(long attempt, int batch) {
        Run.Builder run = Run.newBuilder()
                .setOrder(ScoringPlan.order("s", requested(1).getRequested(), 0))
                .setAttempt(attempt)
                .setState(Run.State.RUNNING);
        run.getPositionBuilder().setEpoch(1).setBatch(batch).setBatches(79);
        return run.build();
    }

    private ScoringBook book(List<ScoreMessage> scores, List<PredictionErrors> errors) {
        ScoringBook fresh = new ScoringBook(TestSets.inMemory());
        errors.forEach(fresh::read);
        scores.forEach(fresh::read);
        return fresh;
    }

    private List<Duty> due(Set<String> mine) {
        return book.due(NOW, mine, GRACE);
    }

    private void report(String runId, int member, float... norms) {
        chunks(runId, member, DATASET, norms).forEach(book::read);
    }

    private static List<PredictionErrors> chunks(String runId, int member, DatasetIdentity dataset, float... norms) {
        return Reports.chunks("s", member, runId, 1, dataset, norms, 2);
    }

    private static ScoreMessage requested(int attempt) {
        return ScoreMessage.newBuilder()
                .setScoreSet("s")
                .setRequested(ScoringPlan.parse("{\"id\": \"s\"}").requested(attempt, NOW.toEpochMilli()))
                .build();
    }
}
