package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSetWire;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.scoreset.TestSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.junit.jupiter.api.Test;

/** Whatever lies on the topics of a scoring, its scores are those of its members' own reports. */
class TopicsFuzzTest {
    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);
    private static final float[] NORMS = {.2f, .4f, .6f};

    private final ScoreSets sets = TestSets.inMemory();
    private final ScoringBook book = new ScoringBook(sets);
    private final ScoringTopics topics = topics();

    private ScoringTopics topics() {
        ScorerConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(ScorerConfig.class)
                .withDefaultValue("dietsb.scorer.patience", "PT30S")
                .withDefaultValue("dietsb.scorer.order-grace", "PT30S")
                .build()
                .getConfigMapping(ScorerConfig.class);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:9"))) {
            // It writes nothing here.
            return new ScoringTopics(
                    config, new MockProducer<>(), PlainClients.ends(admin), book, TestDeadLetters.forgotten());
        }
    }

    @Test
    void scoresAreThoseOfTheMembersReports() {
        TopicFuzz.feed(
                ScoringTopics.SCORES,
                scores("other"),
                List.of(requested("healthy").toByteArray()),
                topics::readScores);
        TopicFuzz.feed(ScoringTopics.ORDERS, orders("other"), orders("healthy"), topics::readOrders);
        TopicFuzz.feed(ScoringTopics.RUNS, runs("other"), runs("healthy"), topics::readRuns);
        for (PredictionMessage report : reports("healthy")) {
            assertThat(Member.flaw(report.getErrors(), 100_000_000)).isEmpty();
        }
        feedErrors();

        assertThat(book.due(NOW, Set.of("healthy"), Duration.ofDays(1)))
                .filteredOn(duty -> duty instanceof Duty.Publish publish
                        && publish.set().manifest().id().equals("healthy"))
                .singleElement()
                .satisfies(
                        duty -> assertThat(((Duty.Publish) duty).set().scores()).containsExactly(NORMS));
        assertThat(book.find("healthy").orElseThrow().memberRuns().get(0).epochsDone())
                .as("those in a part, too")
                .isEqualTo(2);
        assertThat(book.newestFirst(null, EnumSet.allOf(Scoring.State.class), 1_000))
                .as("all can be shown")
                .isNotEmpty();
    }

    private void feedErrors() {
        List<byte[]> valid = new ArrayList<>(bytes(reports("other")));
        valid.add(PredictionMessage.newBuilder()
                .setFailed(PredictionFailed.newBuilder()
                        .setScoringId("other")
                        .setRunId("other-member-0")
                        .setAttempt(1)
                        .setReason("no memory"))
                .build()
                .toByteArray());
        TopicFuzz.feed(ScoringTopics.ERRORS, valid, bytes(reports("healthy")), topics::readErrors);
    }

    @Test
    void aScoreSetIsReadWhole() {
        ScoreSet set = new ScoreSet(
                new ScoreSet.Manifest(
                        "healthy",
                        "tiny",
                        "f00d",
                        3,
                        "resnet20",
                        ScoreSetWire.EL2N,
                        1,
                        1,
                        List.of(7L),
                        3,
                        Sha256.hex(NORMS),
                        ScoreSetMessages.mean(NORMS),
                        1,
                        3,
                        NOW),
                NORMS,
                new int[] {0, 1, 2});
        List<byte[]> healthy = new ArrayList<>(List.of(requested("healthy").toByteArray()));
        ScoreSetWire.messages(set, 2).values().forEach(message -> healthy.add(message.toByteArray()));
        TopicFuzz.feed(ScoringTopics.SCORES, scores("other"), healthy, topics::readScores);
        assertThat(sets.find("healthy").orElseThrow().scores()).containsExactly(NORMS);
    }

    private static ScoreMessage requested(String id) {
        return ScoreMessage.newBuilder()
                .setScoreSet(id)
                .setRequested(ScoringPlan.parse("{\"id\": \"" + id + "\"}").requested(1, NOW.toEpochMilli()))
                .build();
    }

    private static List<byte[]> scores(String id) {
        ScoreMessage.Builder chunk = ScoreMessage.newBuilder().setScoreSet(id);
        chunk.getChunkBuilder().addScores(.2f).addScores(.4f).addLabels(0).addLabels(1);
        ScoreMessage.Builder ended = ScoreMessage.newBuilder().setScoreSet(id);
        ended.getManifestBuilder().setCount(2).setChecksum(Sha256.hex(new float[] {.2f, .4f}));
        ScoreMessage.Builder failed = ScoreMessage.newBuilder().setScoreSet(id);
        failed.getFailedBuilder().setReason("no memory");
        return List.of(
                requested(id).toByteArray(),
                chunk.build().toByteArray(),
                ended.build().toByteArray(),
                failed.build().toByteArray());
    }

    private static List<byte[]> orders(String id) {
        return List.of(
                ScoringPlan.order(id, requested(id).getRequested(), 0).toByteArray(),
                ScoringPlan.order(id, requested(id).getRequested(), 1).toByteArray());
    }

    private static List<byte[]> runs(String id) {
        return List.of(
                RunEvent.newBuilder()
                        .setPart(RunPart.newBuilder()
                                .setRunId(id + "-member-0")
                                .setAttempt(3)
                                .addEpochs(Epoch.newBuilder().setEpoch(1)))
                        .build()
                        .toByteArray(),
                RunEvent.newBuilder()
                        .setRun(Run.newBuilder()
                                .setOrder(ScoringPlan.order(id, requested(id).getRequested(), 0))
                                .setAttempt(3)
                                .setState(Run.State.RUNNING)
                                .setEpochsInParts(1)
                                .addEpochs(Epoch.newBuilder().setEpoch(2)))
                        .build()
                        .toByteArray());
    }

    private static List<PredictionMessage> reports(String id) {
        List<PredictionMessage> reports = new ArrayList<>();
        for (int member = 0; member < 2; member++) {
            Reports.chunks(id, member, id + "-member-" + member, 1, Reports.dataset(3, "f00d"), NORMS, 2)
                    .forEach(chunk -> reports.add(
                            PredictionMessage.newBuilder().setErrors(chunk).build()));
        }
        return reports;
    }

    private static List<byte[]> bytes(List<PredictionMessage> reports) {
        return reports.stream().map(PredictionMessage::toByteArray).toList();
    }
}
