package org.dietsb.kit.topic;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Settings that all Kafka clients of this service share: everything configured as {@code kafka.*}, such as the broker's address, TLS and
 * SASL. The messaging channels use the same settings.
 */
@ApplicationScoped
public class ClientSettings {
    /** Settings whose values are names at the broker. */
    private static final List<String> NAMES =
            List.of(ConsumerConfig.GROUP_ID_CONFIG, ProducerConfig.TRANSACTIONAL_ID_CONFIG);

    private final Map<String, Object> configured;
    private final Prefix prefix;

    public ClientSettings(@Identifier("default-kafka-broker") Map<String, Object> configured, Prefix prefix) {
        this.prefix = prefix;
        this.configured = new HashMap<>(configured);
        // Quarkus adds the application's name as the group. Only clients that set a group belong to one.
        this.configured.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** Returns the name at the broker of a topic, for a consumer. */
    public String at(String topic) {
        return prefix.at(topic);
    }

    /**
     * Returns the shared settings with the settings of one client added; the client's settings take precedence. Its group begins with the
     * prefix.
     */
    public Map<String, Object> with(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(configured);
        settings.putAll(own);
        for (String name : NAMES) {
            settings.computeIfPresent(name, (same, value) -> prefix.at(value.toString()));
        }
        return settings;
    }

    /** Creates a consumer of bytes under text keys, which stores offsets only if it is asked to; its own settings take precedence. */
    public KafkaConsumer<String, byte[]> consumer(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(Map.of(
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false));
        settings.putAll(own);
        return new KafkaConsumer<>(with(settings));
    }

    /** Creates a producer of bytes, to topics without the prefix, that waits for all in-sync replicas; its own settings take precedence. */
    public Producer<String, byte[]> producer(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(Map.of(ProducerConfig.ACKS_CONFIG, "all"));
        settings.putAll(own);
        return prefix.producer(with(settings));
    }
}
