package org.dietsb.scorer.topic;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * What every Kafka client of this service has in common: all that is configured as {@code kafka.*}, such as where the
 * broker is, TLS and SASL. The channels have it too.
 */
@ApplicationScoped
public class ClientSettings {
    private final Map<String, Object> configured;

    ClientSettings(@Identifier("default-kafka-broker") Map<String, Object> configured) {
        this.configured = new HashMap<>(configured);
        // Quarkus adds the name of the application: only clients that say so belong to a group.
        this.configured.remove(ConsumerConfig.GROUP_ID_CONFIG);
    }

    /** With what one client wants for itself, which comes first. */
    public Map<String, Object> with(Map<String, ?> own) {
        Map<String, Object> settings = new HashMap<>(configured);
        settings.putAll(own);
        return settings;
    }
}
