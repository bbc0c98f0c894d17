package org.dietsb.kit.topic;

import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.impl.ReactiveKafkaConsumer;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.CompletableFuture;

/**
 * Closes the consumers of all channels at the same time, and beside the service's own loops, when the service stops. The connector
 * itself closes one after the other, and each takes up to two seconds: a poll and a fetch have to end first.
 */
@ApplicationScoped
class ChannelsClose {
    /** Before the connector, which observes the same event at 50. */
    private static final int BEFORE_CONNECTOR = 40;

    private final KafkaClientService clients;
    private CompletableFuture<?> closed = CompletableFuture.completedFuture(null);

    ChannelsClose(KafkaClientService clients) {
        this.clients = clients;
    }

    /** Begins before the loops of the service close clients of their own, which takes as long. */
    void begin(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) ShutdownEvent event) {
        closed = CompletableFuture.allOf(clients.getConsumerChannels().stream()
                .flatMap(channel -> clients.getConsumers(channel).stream())
                .map(consumer -> CompletableFuture.runAsync(
                        ((ReactiveKafkaConsumer<?, ?>) consumer)::close,
                        close -> new Thread(close, "close-channel").start()))
                .toArray(CompletableFuture[]::new));
    }

    void await(@Observes @Priority(BEFORE_CONNECTOR) @BeforeDestroyed(ApplicationScoped.class) Object event) {
        closed.join();
    }
}
