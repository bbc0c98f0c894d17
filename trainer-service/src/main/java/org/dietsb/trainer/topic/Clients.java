package org.dietsb.trainer.topic;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The plain clients of this service. */
@ApplicationScoped
class Clients {

    /** Nothing lost, nothing doubled, nothing held back. */
    @Produces
    @ApplicationScoped
    Producer<String, byte[]> producer(ClientSettings kafka) {
        return new KafkaProducer<>(kafka.with(Map.of(
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                // A broker that is away for an hour is waited for: nothing of a run may be lost. What waits is bounded
                // by
                // the producer's buffer.
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                Integer.MAX_VALUE,
                // Otherwise a client that finds no broker forgets its topics, and each send waits for them a minute
                // long.
                CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG,
                "none")));
    }

    void close(@Disposes Producer<String, byte[]> producer) {
        producer.close(Duration.ofSeconds(5));
    }

    @Produces
    @ApplicationScoped
    Admin admin(ClientSettings kafka) {
        return Admin.create(kafka.with(Map.of()));
    }

    void close(@Disposes Admin admin) {
        admin.close(Duration.ofSeconds(2));
    }
}
