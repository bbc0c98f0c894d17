package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.dietsb.trainer.wire.Take;
import org.junit.jupiter.api.Test;

/** The reader survives any content of topic run-events, and keeps the runs whose messages are intact. */
class RunEventsFuzzTest {
    private static TopicEnds ends() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "localhost:9"))) {
            return PlainClients.ends(admin);
        }
    }

    /** Creates events of a broker that is away, except for the producer. */
    static RunEvents events(Producer<String, byte[]> producer, RunRegistry registry, DeadLetters deadLetters) {
        EventWriter writer = new EventWriter(producer);
        return events(writer, new Takes(writer), registry, deadLetters);
    }

    static RunEvents events(EventWriter writer, Takes takes, RunRegistry registry, DeadLetters deadLetters) {
        return new RunEvents(writer, takes, registry, TestLost.after(Duration.ofMinutes(5)), ends(), deadLetters);
    }

    @Test
    void brokenEventsDoNotAffectOtherRuns() {
        RunRegistry registry = new RunRegistry();
        // It writes nothing here.
        RunEvents events = events(new MockProducer<>(), registry, TestDeadLetters.forgotten());
        List<byte[]> healthy =
                List.of(event("healthy", 3, Run.State.RUNNING), event("healthy", 3, Run.State.COMPLETED));
        List<byte[]> others = List.of(
                event("other", 3, Run.State.RUNNING),
                RunEvent.newBuilder()
                        .setPart(RunPart.newBuilder()
                                .setRunId("other")
                                .setAttempt(3)
                                .addEpochs(Epoch.newBuilder().setEpoch(1)))
                        .build()
                        .toByteArray(),
                RunEvent.newBuilder()
                        .setTake(Take.newBuilder().setRunId("other").setId("a"))
                        .build()
                        .toByteArray(),
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
}
