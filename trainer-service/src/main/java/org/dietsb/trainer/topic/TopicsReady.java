package org.dietsb.trainer.topic;

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
            "training-orders",
            "proxy-orders",
            "batch-losses",
            "backprop-masks",
            "selector-policies",
            "prediction-errors",
            "el2n-scores",
            "run-events",
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        admin.describeTopics(USED).topicNameValues().forEach((topic, answer) -> {
            int want = topics.partitions(topic);
            String have = have(answer, deadline - System.nanoTime());
            if (!have.equals(String.valueOf(want))) {
                response.down().withData(topic, "has " + have + " partitions, needs " + want);
            }
        });
        return response.build();
    }

    /** How many partitions, in digits, or in words why that is not known. */
    private static String have(KafkaFuture<TopicDescription> answer, long patienceNanos) {
        try {
            return String.valueOf(answer.get(Math.max(0, patienceNanos), TimeUnit.NANOSECONDS)
                    .partitions()
                    .size());
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof UnknownTopicOrPartitionException
                    ? "no"
                    : "unknown (" + failed.getCause() + ")";
        } catch (TimeoutException slow) {
            return "unknown (the broker does not answer)";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "unknown (interrupted)";
        }
    }
}
