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
import org.junit.jupiter.api.Test;

/** A run's policy changes are read correctly, whatever other messages are on selector-policies. */
class PolicyLogFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = PlainClients.admin("localhost:9")) {
            return PlainClients.ends(admin);
        }
    }

    @Test
    void readsAllChangesOfARun() {
        // It writes nothing here.
        PolicyLog log = new PolicyLog(new MockProducer<>(), ends(), TestDeadLetters.forgotten());
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
}
