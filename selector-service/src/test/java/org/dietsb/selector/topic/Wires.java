package org.dietsb.selector.topic;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes to any topic, and reads one partition from its end. */
public final class Wires implements AutoCloseable {
    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Queue<ConsumerRecord<String, byte[]>> received = new ArrayDeque<>();

    public Wires(String bootstrapServers, String topic, int partition) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new StringSerializer(),
                new ByteArraySerializer());
        // Closing it waits for its last fetch.
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "fetch.max.wait.ms", 100),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        TopicPartition place = new TopicPartition(topic, partition);
        consumer.assign(List.of(place));
        consumer.seekToEnd(List.of(place));
        consumer.position(place);
    }

    /** Appends a message, waits until it is stored, and returns its offset. */
    public long send(String topic, int partition, String key, byte[] value) {
        return send(topic, partition, key, System.currentTimeMillis(), value);
    }

    /** Appends as if it were written at this time. */
    public long send(String topic, int partition, String key, long atMillis, byte[] value) {
        try {
            return producer.send(new ProducerRecord<>(topic, partition, atMillis, key, value))
                    .get()
                    .offset();
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** The next record, which must come within 20 seconds. */
    public ConsumerRecord<String, byte[]> next() {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (received.isEmpty() && System.nanoTime() < deadline) {
            consumer.poll(Duration.ofMillis(100)).forEach(received::add);
        }
        return received.remove();
    }

    /** Whether nothing comes for a while. */
    public boolean isSilent() {
        consumer.poll(Duration.ofMillis(500)).forEach(received::add);
        return received.isEmpty();
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
