package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.junit.jupiter.api.Test;

/** Whatever lies on selector-policies and run-events, a run's changes and state are what its own messages say. */
class TopicsFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return PlainClients.ends(admin);
        }
    }

    @Test
    void aRunsChangesAreAllThere() {
        // It writes nothing here.
        PolicyLog log = new PolicyLog(new MockProducer<>(), ends(), TestDeadLetters.forgotten(), run -> {});
        TopicFuzz.feed(PolicyLog.TOPIC, changes("other"), changes("healthy"), log::read);
        assertThat(log.read("healthy").entries())
                .extracting(PolicyChain.Entry::revision)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 10).asLongStream().boxed().toList());
    }

    private static List<byte[]> changes(String run) {
        return IntStream.range(0, 10)
                .mapToObj(replaces -> PolicyChange.newBuilder()
                        .setRunId(run)
                        .setReplaces(replaces)
                        .setRevision(replaces + 1)
                        .setPolicy(Stored.SELECTIVE)
                        .setWho("somebody")
                        .setEpochMillis(1_700_000_000_000L)
                        .setFrom(org.dietsb.selector.wire.Moment.newBuilder().setProgress(.25))
                        .setUntil(org.dietsb.selector.wire.Moment.newBuilder().setEpoch(9))
                        .setRollsBackTo(replaces / 2)
                        .build()
                        .toByteArray())
                .toList();
    }

    @Test
    void aRunIsWhatItSays() throws Exception {
        Runs runs = new Runs(ends(), TestDeadLetters.forgotten(), run -> {});
        TopicFuzz.feed(
                "run-events", List.of(run("other", 3)), List.of(run("healthy", 3), run("healthy", 9)), runs::read);
        assertThat(runs.find("healthy").orElseThrow().attempt()).isEqualTo(9);
        assertThat(runs.find("healthy").orElseThrow().examples()).isEqualTo(60_000);
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
