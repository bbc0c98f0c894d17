package org.dietsb.kit.topic;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Settings that all Kafka clients of this service share: everything configured as {@code kafka.*}, such as the broker's address, TLS and
 * SASL. The messaging channels use the same settings.
 */
@ApplicationScoped
public class ClientSettings {
    private final Map<String, Object> configured;

    ClientSettings(@Identifier("default-kafka-broker") Map<String, Object> configured) {
        this.configured = new HashMap<>(configured);
        // Quarkus adds the application's name as the group. Only clients that set a group belong to one.
        this.configured.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** Returns the shared settings with the settings of one client added; the client's settings take precedence. */
    public Map<String, Object> with(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(configured);
        settings.putAll(own);
        return settings;
    }

    /** Creates a producer of bytes that waits for all in-sync replicas; its own settings take precedence. */
    public Producer<String, byte[]> producer(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(Map.of(ProducerConfig.ACKS_CONFIG, "all"));
        settings.putAll(own);
        return new KafkaProducer<>(with(settings), new StringSerializer(), new ByteArraySerializer());
    }
}
