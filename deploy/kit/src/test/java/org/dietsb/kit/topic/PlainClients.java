package org.dietsb.kit.topic;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** The clients of a service without its container. */
public final class PlainClients {
    private PlainClients() {}

    public static Producer<String, byte[]> producer(String bootstrapServers) {
        return new Clients().producer(settings(bootstrapServers), new ServiceTopics("test", List.of(), Map.of()));
    }

    public static Admin admin(String bootstrapServers) {
        return new Clients().admin(settings(bootstrapServers));
    }

    public static ClientSettings settings(String bootstrapServers) {
        return new ClientSettings(Map.of("bootstrap.servers", bootstrapServers), Prefix.NONE);
    }

    public static TopicEnds ends(Admin admin) {
        return new TopicEnds(admin, Prefix.NONE);
    }
}
