package org.dietsb.trainer.topic;

import org.apache.kafka.clients.admin.Admin;

/** Makes what the container makes in the service. */
public final class TestTopicEnds {
    private TestTopicEnds() {}

    public static TopicEnds of(Admin admin) {
        return new TopicEnds(admin);
    }
}
