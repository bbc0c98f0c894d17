package org.dietsb.kit.topic;

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

/** Looks up the current end of topics of one partition. Thread-safe. */
@ApplicationScoped
public class TopicEnds {
    private final Admin admin;
    private final Prefix prefix;

    TopicEnds(Admin admin, Prefix prefix) {
        this.admin = admin;
        this.prefix = prefix;
    }

    /** Returns the offset after the last readable message, 0 if there is none, or empty if the broker does not answer in time. */
    OptionalLong of(String topic, Duration timeout) throws InterruptedException {
        long first = offset(topic, OffsetSpec.earliest(), timeout);
        long end = offset(topic, OffsetSpec.latest(), timeout);
        if (first < 0 || end < 0) {
            return OptionalLong.empty();
        }
        // If all messages have expired, there is nothing to read, however high the offsets are.
        return OptionalLong.of(first == end ? 0 : end);
    }

    private long offset(String topic, OffsetSpec which, Duration timeout) throws InterruptedException {
        TopicPartition partition = new TopicPartition(prefix.at(topic), 0);
        try {
            return admin.listOffsets(Map.of(partition, which))
                    .partitionResult(partition)
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .offset();
        } catch (ExecutionException | TimeoutException unknown) {
            return -1;
        }
    }
}
