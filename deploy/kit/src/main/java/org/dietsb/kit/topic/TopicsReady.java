package org.dietsb.kit.topic;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Readiness check: the broker has every topic of this service, each with the number of partitions in {@link TopicList}. Clients wait for
 * a broker, and for its name to resolve; this check reports which.
 */
@Readiness
@ApplicationScoped
class TopicsReady implements HealthCheck {
    private final TopicList topics;
    private final List<String> used;
    private final Admin admin;
    private final Prefix prefix;
    private final List<String> servers;

    TopicsReady(TopicList topics, ServiceTopics service, Admin admin, Prefix prefix, ClientSettings kafka) {
        this.topics = topics;
        this.used = service.topics();
        this.admin = admin;
        this.prefix = prefix;
        Object configured = kafka.with(Map.of()).getOrDefault(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, "");
        this.servers = Arrays.stream(configured.toString().split(","))
                .map(String::strip)
                .toList();
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response =
                HealthCheckResponse.named("topics").up();
        // One deadline for all topics, so that the caller does not wait for each of them while the broker is away.
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        admin.describeTopics(used.stream().map(prefix::at).toList())
                .topicNameValues()
                .forEach((topic, answer) -> {
                    String problem = problem(topic, answer, deadline - System.nanoTime());
                    if (!problem.isEmpty()) {
                        response.down().withData(topic, problem);
                    }
                });
        return response.build();
    }

    private String problem(String topic, KafkaFuture<TopicDescription> answer, long timeoutNanos) {
        try {
            int have = answer.get(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS)
                    .partitions()
                    .size();
            int want = topics.partitions(prefix.of(topic));
            return have == want ? "" : "has " + have + " partitions, needs " + want;
        } catch (ExecutionException missing) {
            return missing.getCause() instanceof UnknownTopicOrPartitionException
                    ? "is missing, needs " + topics.partitions(prefix.of(topic)) + " partitions"
                    : String.valueOf(missing.getCause());
        } catch (TimeoutException slow) {
            return servers.stream().allMatch(TopicsReady::isUnresolved)
                    ? "no host of " + ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG + " resolves: "
                            + String.join(", ", servers)
                    : "the broker does not answer";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static boolean isUnresolved(String server) {
        String host = Objects.requireNonNullElse(Utils.getHost(server), server);
        return new InetSocketAddress(host, 0).isUnresolved();
    }
}
