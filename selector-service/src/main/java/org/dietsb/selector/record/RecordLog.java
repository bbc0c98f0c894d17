package org.dietsb.selector.record;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.kit.topic.ClientSettings;
import org.jspecify.annotations.Nullable;

/** Fetches single messages of topic mask-records by offset: masks stay in the topic, memory holds only their offsets. Thread-safe. */
@ApplicationScoped
public class RecordLog {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ClientSettings kafka;
    private final TopicPartition place;
    private @Nullable KafkaConsumer<String, byte[]> consumer;

    public RecordLog(ClientSettings kafka) {
        this.kafka = kafka;
        this.place = new TopicPartition(kafka.at(MaskRecords.TOPIC), 0);
    }

    /**
     * Returns the value of the message at this offset; empty if it is no longer there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public synchronized Optional<byte[]> at(long offset) {
        KafkaConsumer<String, byte[]> reading = consumer();
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
        throw new TimeoutException("message " + offset + " of topic " + MaskRecords.TOPIC + " cannot be read in time");
    }

    private KafkaConsumer<String, byte[]> consumer() {
        if (consumer == null) {
            consumer = new KafkaConsumer<>(kafka.with(Map.of(
                    ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                    StringDeserializer.class,
                    ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                    ByteArrayDeserializer.class,
                    ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                    "none",
                    ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                    false,
                    // The messages after it are of no use.
                    ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                    1,
                    ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG,
                    1)));
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
