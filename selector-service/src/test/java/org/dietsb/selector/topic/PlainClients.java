package org.dietsb.selector.topic;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** The service's clients without its container. */
public final class PlainClients {
    private PlainClients() {}

    public static Producer<String, byte[]> producer(String bootstrapServers) {
        return new Clients().producer(settings(bootstrapServers));
    }

    public static Admin admin(String bootstrapServers) {
        return new Clients().admin(settings(bootstrapServers));
    }

    public static ClientSettings settings(String bootstrapServers) {
        return new ClientSettings(Map.of("bootstrap.servers", bootstrapServers));
    }

    public static TopicEnds ends(Admin admin) {
        return new TopicEnds(admin);
    }
}
