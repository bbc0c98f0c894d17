package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.dietsb.scorer.scoreset.ScoreSetWire;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Test;

class ScoringBookTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final DatasetIdentity DATASET = Reports.dataset(3, "f00d");
    private final ScoreSets sets = new ScoreSets(100_000_000, 5_000_000);
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

        ScoringBook other = new ScoringBook(new ScoreSets(100_000_000, 5_000_000));
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
        ScoringBook fresh = new ScoringBook(new ScoreSets(100_000_000, 5_000_000));
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
                .setRequested(
                        ScoringPlan.of(ScoringRequest.parse("{\"id\": \"s\"}")).requested(attempt, NOW.toEpochMilli()))
                .build();
    }
}
