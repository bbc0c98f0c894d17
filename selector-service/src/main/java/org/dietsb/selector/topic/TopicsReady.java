package org.dietsb.selector.topic;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the broker has every topic this service uses, each with the partitions of the one list. */
@Readiness
@ApplicationScoped
class TopicsReady implements HealthCheck {
    private static final List<String> USED = List.of(
            "batch-losses",
            "backprop-masks",
            "selector-policies",
            "el2n-scores",
            "run-events",
            "selection-reports",
            "mask-records",
            "dead-letters");

    private final TopicList topics;
    private final Admin admin;

    TopicsReady(TopicList topics, Admin admin) {
        this.topics = topics;
        this.admin = admin;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("topics").up();
        // One limit for all: whoever asks is not to wait for each while the broker is away.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        admin.describeTopics(USED).topicNameValues().forEach((topic, answer) -> {
            String wrong = whatIsWrong(topic, answer, deadline - System.nanoTime());
            if (!wrong.isEmpty()) {
                response.down().withData(topic, wrong);
            }
        });
        return response.build();
    }

    private String whatIsWrong(String topic, KafkaFuture<TopicDescription> answer, long patienceNanos) {
        try {
            int have = answer.get(Math.max(0, patienceNanos), TimeUnit.NANOSECONDS)
                    .partitions()
                    .size();
            int want = topics.partitions(topic);
            return have == want ? "" : "has " + have + " partitions, needs " + want;
        } catch (ExecutionException missing) {
            return missing.getCause() instanceof UnknownTopicOrPartitionException
                    ? "is missing, needs " + topics.partitions(topic) + " partitions"
                    : String.valueOf(missing.getCause());
        } catch (TimeoutException slow) {
            return "the broker does not answer";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
