package org.dietsb.selector.whatif;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.UnreadException;

/** Reads a stretch of a partition of a log again, beside those who follow it. Thread-safe. */
@Singleton
class LogStretch {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ClientSettings kafka;

    LogStretch(ClientSettings kafka) {
        this.kafka = kafka;
    }

    /** The offsets of a partition from the first one on and before the end. */
    record Stretch(TopicPartition place, long from, long end) {}

    /**
     * Returns the partition that has a message with this key at this offset, from a time on and up to its present end; empty if there is
     * none.
     *
     * @throws IOException if the broker does not answer in time
     */
    Optional<Stretch> with(String topic, String key, long offset, Instant from) throws IOException {
        try (KafkaConsumer<String, byte[]> log = consumer(1)) {
            for (TopicPartition place : log.partitionsFor(kafka.at(topic), PATIENCE).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList()) {
                long end = log.endOffsets(List.of(place), PATIENCE).getOrDefault(place, 0L);
                if (offset < end && key.equals(keyAt(log, place, offset))) {
                    OffsetAndTimestamp first = log.offsetsForTimes(
                                    Map.of(place, Math.max(0, from.toEpochMilli())), PATIENCE)
                            .get(place);
                    return Optional.of(
                            new Stretch(place, first == null ? offset : Math.min(offset, first.offset()), end));
                }
            }
            return Optional.empty();
        } catch (KafkaException failed) {
            throw unread(topic, failed);
        }
    }

    private static String keyAt(KafkaConsumer<String, byte[]> log, TopicPartition place, long offset) {
        log.assign(List.of(place));
        log.seek(place, offset);
        for (ConsumerRecord<String, byte[]> message : log.poll(PATIENCE)) {
            return message.offset() == offset && message.key() != null ? message.key() : "";
        }
        return "";
    }

    /**
     * Reads the messages of a stretch that have this key, in their order.
     *
     * @throws IOException if the broker does not answer in time
     */
    void read(Stretch stretch, String key, Consumer<ConsumerRecord<String, byte[]>> reader) throws IOException {
        try (KafkaConsumer<String, byte[]> log = consumer(2_000)) {
            log.assign(List.of(stretch.place));
            log.seek(stretch.place, stretch.from);
            while (log.position(stretch.place, PATIENCE) < stretch.end) {
                var messages = log.poll(PATIENCE);
                if (messages.isEmpty()) {
                    throw new UnreadException(
                            "topic " + stretch.place.topic() + " cannot be read: the broker does not answer");
                }
                for (ConsumerRecord<String, byte[]> message : messages) {
                    if (message.offset() < stretch.end && key.equals(message.key())) {
                        reader.accept(message);
                    }
                }
            }
        } catch (KafkaException failed) {
            throw unread(stretch.place.topic(), failed);
        }
    }

    private static IOException unread(String topic, KafkaException failed) {
        return new UnreadException("topic " + topic + " cannot be read: " + failed.getMessage(), failed);
    }

    private KafkaConsumer<String, byte[]> consumer(int mostMessages) {
        return kafka.consumer(Map.of(
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                mostMessages));
    }
}
