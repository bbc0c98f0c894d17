package org.dietsb.selector.topic;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** The service's clients without its container. */
public final class PlainClients {
    private PlainClients() {}

    public static Producer<String, byte[]> producer(String bootstrapServers) {
        return new Clients().producer(bootstrapServers);
    }

    public static Admin admin(String bootstrapServers) {
        return new Clients().admin(bootstrapServers);
    }

    public static TopicEnds ends(Admin admin) {
        return new TopicEnds(admin);
    }
}
