package org.dietsb.selector.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.kit.topic.UnreadException;
import org.dietsb.selector.TestConfig;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.PlacedPolicy;
import org.dietsb.trainer.wire.Position;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.junit.jupiter.api.Test;

/** A run's state is read correctly, whatever other messages are on run-events. */
class RunsFuzzTest {

    @Test
    void readsTheStateOfARun() throws Exception {
        Runs runs = runs();
        TopicFuzz.feed(
                "run-events", List.of(run("other", 3)), List.of(run("healthy", 3), run("healthy", 9)), runs::read);
        assertThat(runs.find("healthy").orElseThrow().attempt()).isEqualTo(9);
        assertThat(runs.find("healthy").orElseThrow().examples()).isEqualTo(60_000);
    }

    @Test
    void aRunIsNotSaidToBeUnknownBeforeTheTopicIsRead() throws Exception {
        Runs runs = runs();
        assertThatThrownBy(() -> runs.find("healthy"))
                .hasCauseInstanceOf(UnreadException.class)
                .hasMessageContaining("topic run-events is not read yet: run healthy may be in it");
        read(runs, RunEvent.parseFrom(run("healthy", 3)));
        assertThat(runs.find("healthy")).isPresent();
    }

    @Test
    void runWhoseEpochsAreInPartsIsReadWhole() throws Exception {
        Runs runs = runs();
        RunPart.Builder part = RunPart.newBuilder().setRunId("long").setAttempt(3);
        for (int epoch = 1; epoch <= 256; epoch++) {
            part.addEpochs(Epoch.newBuilder().setEpoch(epoch).setTrainLoss(1));
        }
        Run head = RunEvent.parseFrom(run("long", 3)).getRun().toBuilder()
                .setEpochsInParts(256)
                .addEpochs(Epoch.newBuilder().setEpoch(257).setTrainLoss(1))
                .build();
        // When
        read(runs, RunEvent.newBuilder().setPart(part).build());
        read(runs, RunEvent.newBuilder().setRun(head).build());
        // Then
        assertThat(runs.find("long").orElseThrow().figures())
                .extracting(RunSheet.Figures::epoch)
                .hasSize(257)
                .isSorted();
    }

    @Test
    void beatMovesARunningAttemptOnly() throws Exception {
        Runs runs = runs();
        read(runs, RunEvent.parseFrom(run("a", 3)));
        read(runs, beat(3, 5));
        assertThat(runs.find("a").orElseThrow().progress()).isEqualTo(.45);
        read(runs, beat(2, 7));
        assertThat(runs.find("a").orElseThrow().epoch())
                .as("of an earlier attempt")
                .isEqualTo(5);
        Run end = RunEvent.parseFrom(run("a", 3)).getRun().toBuilder()
                .setState(Run.State.FAILED)
                .build();
        read(runs, RunEvent.newBuilder().setRun(end).build());
        read(runs, beat(3, 7));
        assertThat(runs.find("a").orElseThrow().epoch()).as("late").isZero();
        assertThat(runs.newestFirst()).hasSize(1);
    }

    private static RunEvent beat(long attempt, int epoch) {
        return RunEvent.newBuilder()
                .setBeat(Beat.newBuilder()
                        .setRunId("a")
                        .setAttempt(attempt)
                        .setPosition(Position.newBuilder()
                                .setEpoch(epoch)
                                .setEpochs(10)
                                .setBatch(1)
                                .setBatches(2)))
                .build();
    }

    /** In a rolling upgrade trainers may be of a later version. */
    @Test
    void runUnderAPolicyOfALaterVersionIsReadNevertheless() throws Exception {
        Runs runs = runs();
        Policy later = Stored.SELECTIVE.toBuilder().setKindValue(99).build();
        Run.Builder run = RunEvent.parseFrom(run("later", 3)).getRun().toBuilder();
        run.getOrderBuilder().setFirstPolicy(later);
        run.addPolicies(PlacedPolicy.newBuilder().setPolicy(later).setEpoch(1));
        // When
        read(runs, RunEvent.newBuilder().setRun(run).build());
        // Then
        RunSheet sheet = runs.find("later").orElseThrow();
        assertThat(sheet.state()).isEqualTo(RunSheet.State.RUNNING);
        assertThat(sheet.isPolicyKnown()).isFalse();
        assertThat(sheet.placed()).extracting(RunSheet.Placed::known).containsExactly(false);
    }

    @Test
    void queuedRunWaitsForTheScoringOfItsScoreSet() throws Exception {
        Runs runs = runs();
        Run.Builder diet = RunEvent.parseFrom(run("diet", 0)).getRun().toBuilder();
        diet.clearStartedMillis().setState(Run.State.QUEUED).setAwaitsScores(true);
        diet.getOrderBuilder()
                .getFirstPolicyBuilder()
                .setKind(Policy.Kind.DIET)
                .setPrePruned(.25)
                .setScoreSet("s");
        read(runs, RunEvent.newBuilder().setRun(diet).build());
        member(runs, "first", Run.State.COMPLETED);
        member(runs, "second", Run.State.RUNNING);
        member(runs, "failed", Run.State.FAILED);
        assertThat(runs.waitsFor(runs.find("diet").orElseThrow()))
                .isEqualTo("score set s, 1 of 2 networks are trained, one is in epoch 3");
        assertThat(runs.isAwaitedBy("second", "diet")).isTrue();
        assertThat(runs.isAwaitedBy("diet", "second")).isFalse();
        // When
        member(runs, "second", Run.State.COMPLETED);
        // Then
        assertThat(runs.waitsFor(runs.find("diet").orElseThrow())).isEqualTo("an idle trainer");
    }

    private static void member(Runs runs, String id, Run.State state) throws Exception {
        Run.Builder member = RunEvent.parseFrom(run(id, 3)).getRun().toBuilder().setState(state);
        member.getPositionBuilder().setEpoch(3).setEpochs(10);
        member.getOrderBuilder().getMemberBuilder().setScoringId("s");
        read(runs, RunEvent.newBuilder().setRun(member).build());
    }

    @Test
    void queuedRunWaitsForTheRunThatHoldsTheTrainer() throws Exception {
        Runs runs = runs();
        Run.Builder busy = RunEvent.parseFrom(run("busy", 3)).getRun().toBuilder();
        busy.getPositionBuilder().setEpoch(9).setEpochs(10).setBatch(0).setBatches(10);
        busy.addEpochs(Epoch.newBuilder().setEpoch(8).setSeconds(60));
        Run.Builder queued = RunEvent.parseFrom(run("queued", 0)).getRun().toBuilder();
        queued.clearStartedMillis().setState(Run.State.QUEUED).setQueuedMillis(5);
        read(runs, RunEvent.newBuilder().setRun(busy).build());
        read(runs, RunEvent.newBuilder().setRun(queued).build());
        assertThat(runs.waitsFor(runs.find("queued").orElseThrow())).isEqualTo("trainer busy with busy, about 2 min");
        assertThat(runs.waitsFor(runs.find("busy").orElseThrow())).isEmpty();
    }

    @Test
    void aForeignRunThatIsSilentIsLostUntilItIsHeardOfAgain() throws Exception {
        Runs runs = runs();
        Run.Builder run = RunEvent.parseFrom(run("foreign", 4)).getRun().toBuilder();
        run.getOrderBuilder().setForeign(true);
        byte[] running = RunEvent.newBuilder().setRun(run).build().toByteArray();
        byte[] beat = RunEvent.newBuilder()
                .setBeat(Beat.newBuilder().setRunId("foreign").setAttempt(4).setPosition(Position.getDefaultInstance()))
                .build()
                .toByteArray();
        long now = System.currentTimeMillis();
        Instant longAgo = Instant.ofEpochMilli(now - Duration.ofMinutes(6).toMillis());

        read(runs, "foreign/4", running, longAgo.toEpochMilli());
        assertThat(runs.lostSince(runs.find("foreign").orElseThrow())).contains(longAgo);

        read(runs, "foreign/4/beat", beat, now);
        assertThat(runs.lostSince(runs.find("foreign").orElseThrow())).isEmpty();

        read(runs, "ordered/4", run("ordered", 4), longAgo.toEpochMilli());
        assertThat(runs.lostSince(runs.find("ordered").orElseThrow()))
                .as("its order returns to the queue")
                .isEmpty();
        run.setState(Run.State.FAILED);
        read(runs, "foreign/4", RunEvent.newBuilder().setRun(run).build().toByteArray(), longAgo.toEpochMilli());
        assertThat(runs.lostSince(runs.find("foreign").orElseThrow())).isEmpty();
    }

    private static void read(Runs runs, String key, byte[] value, long atMillis) {
        runs.read(new ConsumerRecord<>(
                "run-events",
                0,
                0,
                atMillis,
                TimestampType.LOG_APPEND_TIME,
                0,
                value.length,
                key,
                value,
                new RecordHeaders(),
                Optional.empty()));
    }

    private static Runs runs() {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return new Runs(
                    PlainClients.ends(admin),
                    TestDeadLetters.forgotten(),
                    new StoredMessages(PlainClients.settings("localhost:9")),
                    TestConfig.of(Map.of()));
        }
    }

    private static void read(Runs runs, RunEvent event) {
        runs.read(new ConsumerRecord<>("run-events", 0, 0, "key", event.toByteArray()));
    }

    private static byte[] run(String id, long attempt) {
        Run.Builder run =
                Run.newBuilder().setAttempt(attempt).setState(Run.State.RUNNING).setStartedMillis(1);
        run.getOrderBuilder().setRunId(id).setFirstPolicy(Stored.SELECTIVE);
        run.getOrderBuilder().getRecipeBuilder().setBatchSize(128).setEpochs(10);
        run.getDatasetBuilder().setCount(60_000).setChecksum("f00d");
        return RunEvent.newBuilder().setRun(run).build().toByteArray();
    }
}
