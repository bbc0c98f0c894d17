package org.dietsb.kit.topic;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Creates dead letters without the container of the service. */
public final class TestDeadLetters {
    private TestDeadLetters() {}

    /** Creates the dead letters of this service. */
    public static DeadLetters of(String service, Producer<String, byte[]> producer, MeterRegistry registry) {
        return new DeadLetters(service, producer, registry);
    }

    /** Counts dead letters and drops them, so that a fuzz test may produce millions. */
    public static DeadLetters forgotten() {
        return new DeadLetters(
                "test",
                new MockProducer<>() {
                    @Override
                    public synchronized Future<RecordMetadata> send(
                            ProducerRecord<String, byte[]> letter, @Nullable Callback callback) {
                        RecordMetadata stored =
                                new RecordMetadata(new TopicPartition(letter.topic(), 0), 0, 0, 0, 0, 0);
                        if (callback != null) {
                            callback.onCompletion(stored, null);
                        }
                        return CompletableFuture.completedFuture(stored);
                    }
                },
                Metrics.globalRegistry);
    }
}
