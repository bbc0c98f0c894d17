package org.dietsb.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.Mutations;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.selector.wire.Moment;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.RunEvent;
import org.junit.jupiter.api.Test;

/** Whatever lies on the topics that trainers read, they go on, and know of a run what its own messages say. */
class TopicsFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:9"))) {
            return PlainClients.ends(admin);
        }
    }

    @Test
    void aRunTrainsUnderItsLastChange() {
        PolicyFeed feed = new PolicyFeed(ends(), TestDeadLetters.forgotten());
        TopicFuzz.feed(PolicyFeed.TOPIC, changes("other"), changes("healthy"), feed::read);
        assertThat(feed.of("healthy", Policy.BASELINE).at(1, 0).revision()).isEqualTo(10);
    }

    /** As in a rolling upgrade, when a newer selector writes a kind of policy that this trainer does not know. */
    @Test
    void aRunTrainsOnUnderLaterChangesAfterOneThatCannotBeUsed() {
        PolicyFeed feed = new PolicyFeed(ends(), TestDeadLetters.forgotten());
        Policy random = Policy.ofKind(Policy.Kind.RANDOM).build();
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

    @Test
    void aRunIsWhatItSays() {
        RunRegistry registry = new RunRegistry();
        // It writes nothing here.
        RunEvents events = new RunEvents(new MockProducer<>(), registry, ends(), TestDeadLetters.forgotten());
        List<byte[]> healthy =
                List.of(event("healthy", 3, Run.State.RUNNING), event("healthy", 3, Run.State.COMPLETED));
        List<byte[]> others = List.of(
                event("other", 3, Run.State.RUNNING),
                RunEvent.newBuilder()
                        .setCancelRequested(
                                CancelRequested.newBuilder().setRunId("other").setWho("somebody"))
                        .build()
                        .toByteArray());
        TopicFuzz.feed(RunEvents.TOPIC, others, healthy, events::read);
        assertThat(registry.find("healthy")).contains(RunRegistryTest.run("healthy", 3, Run.State.COMPLETED));
        assertThat(registry.isCancelled("healthy")).isFalse();
    }

    private static byte[] event(String id, long attempt, Run.State state) {
        return RunEvent.newBuilder()
                .setRun(RunWire.toWire(RunRegistryTest.run(id, attempt, state)))
                .build()
                .toByteArray();
    }

    @Test
    void anOrderIsOneOrADeadLetter() {
        List<byte[]> valid = List.of(
                OrderWire.toWire(RunRegistryTest.run("a", -1, Run.State.QUEUED).order())
                        .toByteArray());
        Mutations mutations = new Mutations(new Random(TopicFuzz.SEED));
        long started = System.nanoTime();
        int orders = 0;
        int poison = 0;
        for (int i = 0; i < Mutations.MESSAGES; i++) {
            try {
                TrainingOrder order =
                        OrderTaker.parse(new ConsumerRecord<>(Takes.ALL.topic(), 0, i, "a", mutations.of(valid)));
                assertThat(order.window()).isBetween(1, 64);
                orders++;
            } catch (InvalidProtocolBufferException | IllegalArgumentException declared) {
                poison++;
            } catch (RuntimeException undeclared) {
                throw new AssertionError("seed " + TopicFuzz.SEED + ", message " + i, undeclared);
            }
        }
        System.out.printf(
                "training-orders: %d fed = %d orders + %d poison, %.1f s%n",
                Mutations.MESSAGES, orders, poison, (System.nanoTime() - started) / 1e9);
        assertThat(orders + poison).as("seed %d", TopicFuzz.SEED).isEqualTo(Mutations.MESSAGES);
        assertThat(List.of(orders, poison)).allMatch(count -> count > 0);
    }
}
