package org.dietsb.kit.topic;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The shared producer and admin client of a service. */
@ApplicationScoped
class Clients {

    @Produces
    @Singleton
    Prefix prefix(@ConfigProperty(name = Prefix.SETTING) Optional<String> text) {
        return new Prefix(text.orElse(""));
    }

    /** Creates an idempotent producer that sends at once and waits for all in-sync replicas. */
    @Produces
    @ApplicationScoped
    Producer<String, byte[]> producer(ClientSettings kafka, ServiceTopics service) {
        Map<String, Object> settings = new HashMap<>(
                Map.of(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true, ProducerConfig.LINGER_MS_CONFIG, 0));
        settings.putAll(service.producer());
        return kafka.producer(settings);
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
