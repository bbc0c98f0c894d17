package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.trainer.wire.RunEvent;
import org.junit.jupiter.api.Test;

/** Whether what a trainer publishes is stored; the test plays the broker. */
class StoredNewsTest {
    private final MockProducer<String, byte[]> broker =
            new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
    private final RunRegistry registry = new RunRegistry();
    private final EventWriter writer = new EventWriter(broker);
    private final Takes takes = new Takes(writer);
    private final RunEvents events = RunEventsFuzzTest.events(writer, takes, registry, TestDeadLetters.forgotten());

    private static final RuntimeException REFUSAL = new InvalidTimestampException("Timestamp is 2 h ahead");

    @Test
    void outcomeThatTheBrokerRefusesIsPublishedUntilItIsStored() throws Exception {
        events.publish(RunRegistryTest.run("a", 7, Run.State.COMPLETED));
        CompletableFuture<Boolean> stored = awaitStored();
        // When
        await().until(() -> broker.errorNext(REFUSAL));
        // Then
        await().until(() -> broker.history().size() == 2);
        assertThat(stored).isNotDone();
        assertThat(events.refusal()).contains("Timestamp is 2 h ahead");
        // When
        broker.completeNext();
        // Then
        assertThat(stored.get()).isTrue();
        assertThat(events.refusal()).isEmpty();
        List<ProducerRecord<String, byte[]>> sent = broker.history();
        assertThat(sent).extracting(ProducerRecord::key).containsOnly("a/7");
        assertThat(RunEvent.parseFrom(sent.get(1).value()).getRun().getState())
                .isEqualTo(org.dietsb.trainer.wire.Run.State.COMPLETED);
    }

    private CompletableFuture<Boolean> awaitStored() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return events.awaitStored("a", () -> false);
            } catch (InterruptedException impossible) {
                throw new IllegalStateException(impossible);
            }
        });
    }

    @Test
    void trainerThatCannotWriteSaysSo() throws Exception {
        CompletableFuture<Void> refused =
                CompletableFuture.runAsync(() -> await().until(() -> broker.errorNext(REFUSAL)));
        assertThat(events.canWrite()).isFalse();
        assertThat(events.refusal()).contains("Timestamp is 2 h ahead");
        refused.get();
        CompletableFuture<Void> accepted = CompletableFuture.runAsync(() -> await().until(broker::completeNext));
        assertThat(events.canWrite()).isTrue();
        accepted.get();
        assertThat(broker.history())
                .allSatisfy(probe -> assertThat(probe.value()).isEmpty());
        assertThat(events.canWrite()).as("without trying again").isTrue();
        assertThat(broker.history()).hasSize(2);
    }

    @Test
    void queuedRunThatIsNotStoredIsNotOrdered() {
        CompletableFuture<Void> refused =
                CompletableFuture.runAsync(() -> await().until(() -> broker.errorNext(REFUSAL)));
        assertThatThrownBy(() -> events.publishNew(RunRegistryTest.run("a", -1, Run.State.QUEUED)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Timestamp is 2 h ahead");
        refused.join();
        assertThat(registry.isIn(Run.State.FAILED, "a")).isTrue();
    }

    @Test
    void trainerThatHoldsARunAnswersARequestToCancelIt() throws Exception {
        CompletableFuture<Void> accepted = CompletableFuture.runAsync(() -> await().until(broker::completeNext));
        takes.take(RunRegistryTest.run("a", -1, Run.State.QUEUED), null);
        accepted.get();
        byte[] request = RunEvent.newBuilder()
                .setCancelRequested(
                        org.dietsb.trainer.wire.CancelRequested.newBuilder().setRunId("a"))
                .build()
                .toByteArray();
        // When
        events.read(new org.apache.kafka.clients.consumer.ConsumerRecord<>("run-events", 0, 0, "a/cancel", request));
        // Then
        assertThat(broker.history()).hasSize(2);
        assertThat(broker.history().get(1).value())
                .isEqualTo(broker.history().get(0).value());
        // And: no longer after the order is settled.
        takes.settle("a");
        assertThat(RunEvent.parseFrom(broker.history().get(2).value()).getTake().getOver())
                .isTrue();
        events.read(new org.apache.kafka.clients.consumer.ConsumerRecord<>("run-events", 0, 1, "a/cancel", request));
        assertThat(broker.history()).hasSize(3);
    }
}
