package org.dietsb.kit.topic;

import java.util.List;
import java.util.Map;

/**
 * How one service uses Kafka. Each service produces one.
 *
 * @param service name of the service, such as {@code selector}; dead letters carry it
 * @param topics topics that the service reads or writes; it is ready when the broker has them all
 * @param producer settings of the shared producer in addition to those of {@link Clients}
 */
public record ServiceTopics(String service, List<String> topics, Map<String, ?> producer) {
    public ServiceTopics {
        topics = List.copyOf(topics);
        producer = Map.copyOf(producer);
    }
}
