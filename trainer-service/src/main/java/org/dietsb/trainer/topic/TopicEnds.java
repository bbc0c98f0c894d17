package org.dietsb.trainer.topic;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Where topics of one partition end now. Thread-safe. */
@ApplicationScoped
public class TopicEnds {
    private final Admin admin;

    TopicEnds(Admin admin) {
        this.admin = admin;
    }

    /** The offset after the last message there is to read, 0 if there is none; empty if the broker does not say in time. */
    OptionalLong of(String topic, Duration timeout) throws InterruptedException {
        long first = offset(topic, OffsetSpec.earliest(), timeout);
        long end = offset(topic, OffsetSpec.latest(), timeout);
        if (first < 0 || end < 0) {
            return OptionalLong.empty();
        }
        // Where all has expired nothing will be read, however high the offsets are.
        return OptionalLong.of(first == end ? 0 : end);
    }

    private long offset(String topic, OffsetSpec which, Duration timeout) throws InterruptedException {
        TopicPartition place = new TopicPartition(topic, 0);
        try {
            return admin.listOffsets(Map.of(place, which))
                    .partitionResult(place)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .offset();
        } catch (ExecutionException | TimeoutException unknown) {
            return -1;
        }
    }
}
