package org.dietsb.kit.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final int LARGE = 1_000_000;

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double count(String meter) {
        return registry.get(meter).tag("topic", "run-events").counter().count();
    }

    private static ConsumerRecord<String, byte[]> message(int offset, @Nullable String key, byte[] value) {
        return new ConsumerRecord<>("run-events", 0, offset, key, value);
    }

    @Test
    void countsLettersThatCannotBeWrittenAndDoesNotWaitForAnAbsentBroker() throws InterruptedException {
        // Given: no broker at this address.
        DeadLetters letters = new DeadLetters(
                "trainer",
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", "localhost:9", "max.block.ms", 100),
                        new StringSerializer(),
                        new ByteArraySerializer()),
                registry);
        DeadLetters.Of runs = letters.of("run-events");
        // When
        runs.add(message(0, "a", new byte[] {1}), "no run");
        // Then
        await().until(() -> count("dietsb_dead_letters_lost") == 1);
        letters.close();
        runs.add(message(1, "a", new byte[] {1}), "no run");
        assertThat(count("dietsb_dead_letters")).isEqualTo(2);
        assertThat(count("dietsb_dead_letters_lost")).isEqualTo(2);
    }

    @Test
    void limitsTheLettersInFlight() throws InterruptedException {
        MockProducer<String, byte[]> broker =
                new MockProducer<>(false, null, new StringSerializer(), new ByteArraySerializer());
        DeadLetters letters = new DeadLetters("trainer", broker, registry);
        DeadLetters.Of runs = letters.of("run-events");
        // When: more than 16 MiB arrive before the broker has stored anything.
        for (int offset = 0; offset < 20; offset++) {
            runs.add(message(offset, "a", new byte[LARGE]), "no run");
        }
        // Then
        assertThat(count("dietsb_dead_letters")).isEqualTo(20);
        assertThat(count("dietsb_dead_letters_lost")).isEqualTo(4);
        await().until(() -> broker.history().size() == 16);
        assertThat(broker.completeNext()).isTrue();
        runs.add(message(20, "a", new byte[LARGE]), "no run");
        await().until(() -> broker.history().size() == 17);
        assertThat(count("dietsb_dead_letters_lost")).isEqualTo(4);
        letters.close();
    }

    @Test
    void aLetterIsOnlySlightlyLargerThanItsMessage() throws InterruptedException {
        MockProducer<String, byte[]> broker =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        DeadLetters letters = new DeadLetters("trainer", broker, registry);
        DeadLetters.Of runs = letters.of("run-events");
        // When: the reason quotes the message.
        runs.add(message(0, null, new byte[0]), "run id is '" + "x".repeat(LARGE) + "'");
        runs.add(message(1, "y".repeat(LARGE), new byte[0]), "no run");
        letters.close();
        // Then
        List<Integer> sizes = new ArrayList<>();
        for (ProducerRecord<String, byte[]> letter : broker.history()) {
            int size = letter.value().length;
            for (var header : letter.headers()) {
                size += header.value().length;
            }
            sizes.add(size);
        }
        assertThat(sizes.get(0)).isLessThan(2_000);
        assertThat(sizes.get(1)).isBetween(LARGE, LARGE + 2_000);
        assertThat(Objects.requireNonNull(broker.history().get(0).headers().lastHeader("service"))
                        .value())
                .asString()
                .isEqualTo("trainer");
        assertThat(broker.history().get(0).headers().lastHeader("key")).isNull();
    }
}
