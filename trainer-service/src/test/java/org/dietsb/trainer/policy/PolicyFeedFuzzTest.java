package org.dietsb.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.selector.wire.Moment;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.TopicFuzz;
import org.dietsb.trainer.topic.TestDeadLetters;
import org.dietsb.trainer.topic.TestTopicEnds;
import org.dietsb.trainer.topic.TopicEnds;
import org.junit.jupiter.api.Test;

/** The feed survives any content of topic selector-policies, and keeps the policies of runs whose messages are intact. */
class PolicyFeedFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:9"))) {
            return TestTopicEnds.of(admin);
        }
    }

    @Test
    void brokenChangesDoNotAffectOtherRuns() {
        PolicyFeed feed = new PolicyFeed(ends(), TestDeadLetters.forgotten());
        TopicFuzz.feed(PolicyFeed.TOPIC, changes("other"), changes("healthy"), feed::read);
        assertThat(feed.of("healthy", Policy.BASELINE).at(1, 0).revision()).isEqualTo(10);
    }

    private static List<byte[]> changes(String run) {
        return IntStream.range(0, 10)
                .mapToObj(replaces -> PolicyChange.newBuilder()
                        .setRunId(run)
                        .setReplaces(replaces)
                        .setRevision(replaces + 1)
                        .setPolicy(PolicyWire.toWire(Policy.BASELINE))
                        .setWho("somebody")
                        .setUntil(Moment.newBuilder().setEpoch(9))
                        .build()
                        .toByteArray())
                .toList();
    }
}
