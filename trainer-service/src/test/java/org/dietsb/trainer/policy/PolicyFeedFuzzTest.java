package org.dietsb.trainer.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.wire.Moment;
import org.dietsb.selector.wire.PolicyChange;
import org.junit.jupiter.api.Test;

/** The feed survives any content of topic selector-policies, and keeps the policies of runs whose messages are intact. */
class PolicyFeedFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:9"))) {
            return PlainClients.ends(admin);
        }
    }

    @Test
    void brokenChangesDoNotAffectOtherRuns() {
        PolicyFeed feed = new PolicyFeed(ends(), TestDeadLetters.forgotten());
        TopicFuzz.feed(PolicyFeed.TOPIC, changes("other"), changes("healthy"), feed::read);
        assertThat(feed.of("healthy", Policy.BASELINE).at(1, 0).revision()).isEqualTo(10);
    }

    /** As in a rolling upgrade, when a newer selector writes a kind of policy that this trainer does not know. */
    @Test
    void laterChangesTakeEffectAfterAnUnusableOne() {
        PolicyFeed feed = new PolicyFeed(ends(), TestDeadLetters.forgotten());
        Policy random = Policy.ofKind(PolicyKind.RANDOM).build();
        PolicyChange.Builder newer = change(2);
        newer.getPolicyBuilder().setKindValue(99);
        List<PolicyChange.Builder> log = List.of(change(1).setPolicy(PolicyWire.toWire(random)), newer, change(3));
        List<Long> revisions = new ArrayList<>();
        for (PolicyChange.Builder change : log) {
            feed.read(new ConsumerRecord<>(
                    PolicyFeed.TOPIC, 0, revisions.size(), "run", change.build().toByteArray()));
            revisions.add(feed.of("run", Policy.BASELINE).at(1, 0).revision());
        }
        assertThat(revisions).containsExactly(1L, 1L, 3L);
    }

    private static PolicyChange.Builder change(long revision) {
        return PolicyChange.newBuilder()
                .setRunId("run")
                .setReplaces(revision - 1)
                .setRevision(revision)
                .setPolicy(PolicyWire.toWire(Policy.BASELINE));
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
