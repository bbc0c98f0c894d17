package org.dietsb.kit.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.dietsb.kit.door.Callers;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.junit.jupiter.api.Test;

/**
 * The whole service against a broker that requires TLS and a password, and grants it the rights of {@code deploy/acls.json}, with a prefix: a name
 * without it is denied.
 */
public abstract class LockedBrokerCases {

    /** Replaces the broker that other tests share. */
    public abstract static class LockedBrokerProfile implements QuarkusTestProfile {
        private final Class<? extends QuarkusTestResourceLifecycleManager> broker;

        protected LockedBrokerProfile(Class<? extends TestLockedBroker> broker) {
            this.broker = broker;
        }

        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(broker));
        }
    }

    private static final Prefix PREFIX = new Prefix(TestLockedBroker.PREFIX);

    /** Makes every Kafka client of the service work, and verifies that the results arrive. */
    protected abstract void useEveryClient();

    /** Returns a topic that the service has no rights to. */
    protected abstract String forbiddenTopic();

    private static Map<String, Object> configured() {
        return CDI.current()
                .select(new TypeLiteral<Map<String, Object>>() {}, Identifier.Literal.of("default-kafka-broker"))
                .get();
    }

    private static Admin admin(Map<String, Object> settings) {
        return new Clients().admin(new ClientSettings(settings, PREFIX));
    }

    private static HealthCheckResponse readiness(Admin admin) {
        return new TopicsReady(
                        new TopicList(),
                        CDI.current().select(ServiceTopics.class).get(),
                        admin,
                        PREFIX,
                        new ClientSettings(configured(), PREFIX))
                .call();
    }

    @Test
    void everyClientConnects() {
        Callers.mayWrite();
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> Callers.managed("/q/health").then().statusCode(200));
        useEveryClient();
    }

    /** Without this, the list of rights would prove nothing. */
    @Test
    void deniesAccessToOtherTopics() {
        try (Admin admin = admin(configured())) {
            assertThat(admin.describeTopics(List.of(PREFIX.at(forbiddenTopic())))
                            .allTopicNames()
                            .toCompletionStage())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    @Test
    void isNotReadyAndReportsWhyWithAWrongPassword() {
        Map<String, Object> another = new HashMap<>(configured());
        another.computeIfPresent("sasl.jaas.config", (name, login) -> String.valueOf(login)
                .replaceFirst("password=\"[^\"]*\"", "password=\"guessed\""));
        assertThat(another.get("sasl.jaas.config"))
                .isNotEqualTo(Objects.requireNonNull(configured().get("sasl.jaas.config")));
        try (Admin admin = admin(another)) {
            HealthCheckResponse response = readiness(admin);
            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(response.getData().orElseThrow().values())
                    .isNotEmpty()
                    .allSatisfy(why -> assertThat(String.valueOf(why)).contains("Authentication failed"));
        }
    }

    @Test
    void isNotReadyWithoutTls() {
        Admin admin = admin(
                Map.of("bootstrap.servers", Objects.requireNonNull(configured().get("bootstrap.servers"))));
        try {
            assertThat(readiness(admin).getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
        } finally {
            // Without a timeout, close waits for responses that do not come.
            admin.close(Duration.ZERO);
        }
    }
}
