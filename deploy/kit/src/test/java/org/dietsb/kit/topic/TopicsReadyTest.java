package org.dietsb.kit.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.dietsb.broker.LocalBroker;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

class TopicsReadyTest {

    @Test
    void namesTopicsThatAreMissingOrHaveTheWrongNumberOfPartitions() throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicsReady ready = new TopicsReady(
                    new TopicList(),
                    new ServiceTopics("test", List.of("prediction-errors", "run-events"), Map.of()),
                    admin,
                    Prefix.NONE,
                    new ClientSettings(Map.of("bootstrap.servers", broker.bootstrapServers()), Prefix.NONE));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(ready.call().getStatus()).isEqualTo(HealthCheckResponse.Status.UP));

            admin.deleteTopics(List.of("prediction-errors")).all().get(10, TimeUnit.SECONDS);
            admin.createPartitions(Map.of("run-events", NewPartitions.increaseTo(3)))
                    .all()
                    .get(10, TimeUnit.SECONDS);

            // The broker learns of the change shortly after the controller reports success.
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                HealthCheckResponse response = ready.call();
                assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
                assertThat(response.getData().orElseThrow())
                        .containsOnly(
                                Map.entry("prediction-errors", "is missing, needs 1 partitions"),
                                Map.entry("run-events", "has 3 partitions, needs 1"));
            });
        }
    }

    @Test
    void saysWhichNameOfABrokerDoesNotResolveWhileClientsWaitForIt() {
        // Given the setting of every service
        Map<String, Object> configured = Map.of(
                "bootstrap.servers",
                "nowhere.invalid:9092, nowhere2.invalid:9092",
                "bootstrap.resolve.timeout.ms",
                ConfigProvider.getConfig().getValue("kafka.bootstrap.resolve.timeout.ms", String.class));
        ClientSettings kafka = new ClientSettings(configured, Prefix.NONE);
        Admin admin = new Clients().admin(kafka);
        try {
            // When
            HealthCheckResponse response = new TopicsReady(
                            new TopicList(),
                            new ServiceTopics("test", List.of("run-events"), Map.of()),
                            admin,
                            Prefix.NONE,
                            kafka)
                    .call();
            // Then
            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(response.getData().orElseThrow())
                    .containsOnly(Map.entry(
                            "run-events",
                            "no host of bootstrap.servers resolves: nowhere.invalid:9092, nowhere2.invalid:9092"));
        } finally {
            // Without a limit it waits a minute for what the check has asked.
            admin.close(Duration.ZERO);
        }
    }
}
