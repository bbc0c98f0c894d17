package org.dietsb.kit.topic;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads single messages of topics of one partition again, by offset: what is large stays in the topic, and memory holds where it lies. A
 * message that is compacted away is replaced by a later one with its key, of which the reader of the topic knows. Thread-safe.
 */
@Singleton
public class StoredMessages {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ClientSettings kafka;
    private @Nullable KafkaConsumer<String, byte[]> consumer;

    public StoredMessages(ClientSettings kafka) {
        this.kafka = kafka;
    }

    /**
     * Returns the value of the message at an offset; empty if it is no longer there.
     *
     * @throws IOException if the broker does not answer in time
     */
    public synchronized Optional<byte[]> at(String topic, long offset) throws IOException {
        try {
            return read(new TopicPartition(kafka.at(topic), 0), offset);
        } catch (KafkaException failed) {
            throw unread(topic, failed);
        }
    }

    private Optional<byte[]> read(TopicPartition place, long offset) throws IOException {
        KafkaConsumer<String, byte[]> reading = consumer(place);
        reading.seek(place, offset);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                for (ConsumerRecord<String, byte[]> message : reading.poll(Duration.ofMillis(500))) {
                    return message.offset() == offset ? Optional.ofNullable(message.value()) : Optional.empty();
                }
                if (reading.position(place, PATIENCE) > offset) {
                    return Optional.empty();
                }
            } catch (OffsetOutOfRangeException expired) {
                return Optional.empty();
            }
        }
        throw new UnreadException("message " + offset + " of topic " + place.topic() + " cannot be read in time");
    }

    private static IOException unread(String topic, KafkaException failed) {
        return new UnreadException("topic " + topic + " cannot be read: " + failed.getMessage(), failed);
    }

    /**
     * Reads a whole topic, and returns the keys under which something is stored, the last first.
     *
     * @throws IOException if the broker does not answer in time
     */
    public List<String> keys(String topic, Predicate<String> wanted) throws IOException {
        TopicPartition place = new TopicPartition(kafka.at(topic), 0);
        Set<String> keys = new LinkedHashSet<>();
        try (KafkaConsumer<String, byte[]> all = kafka.consumer(Map.of())) {
            all.assign(List.of(place));
            all.seekToBeginning(List.of(place));
            long end = all.endOffsets(List.of(place)).getOrDefault(place, 0L);
            while (all.position(place) < end) {
                for (ConsumerRecord<String, byte[]> message : all.poll(Duration.ofSeconds(1))) {
                    String key = message.key();
                    if (key != null && wanted.test(key)) {
                        keys.remove(key);
                        if (message.value() != null) {
                            keys.add(key);
                        }
                    }
                }
            }
        } catch (KafkaException failed) {
            throw unread(topic, failed);
        }
        List<String> lastFirst = new ArrayList<>(keys);
        Collections.reverse(lastFirst);
        return lastFirst;
    }

    private KafkaConsumer<String, byte[]> consumer(TopicPartition place) {
        if (consumer == null) {
            consumer = kafka.consumer(Map.of(
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "none",
                    // The messages after it are of no use.
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    1,
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                    1));
        }
        if (!consumer.assignment().contains(place)) {
            consumer.assign(List.of(place));
        }
        return consumer;
    }

    @PreDestroy
    public synchronized void close() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
    }
}
