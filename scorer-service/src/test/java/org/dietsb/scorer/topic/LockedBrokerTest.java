package org.dietsb.scorer.topic;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.smallrye.common.annotation.Identifier;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.dietsb.broker.LockedBroker;
import org.dietsb.scorer.door.Callers;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The whole service against a broker that demands TLS and a password, and lets it do what deploy/acls.json says. */
@QuarkusTest
@TestProfile(LockedBrokerTest.Behind.class)
class LockedBrokerTest {

    /** The locked broker, instead of the one that other tests share. */
    public static final class Behind implements QuarkusTestProfile {
        @Override
        public boolean disableGlobalTestResources() {
            return true;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(Locked.class));
        }
    }

    /** The broker; its settings come as a user would give them, under {@code kafka.}. */
    public static final class Locked implements QuarkusTestResourceLifecycleManager {
        private @Nullable LockedBroker broker;

        @Override
        public Map<String, String> start() {
            LockedBroker started = LockedBroker.startFor("scorer");
            broker = started;
            Map<String, String> settings = new HashMap<>(Callers.settings());
            started.client().forEach((name, value) -> settings.put("kafka." + name, value));

            return settings;
        }

        @Override
        public void stop() {
            if (broker != null) {
                broker.close();
            }
        }
    }

    @Inject
    @Identifier("default-kafka-broker")
    Map<String, Object> configured;

    @Test
    void everyClientGetsThrough() {
        Callers.mayWrite();
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> Callers.managed("/q/health").then().statusCode(200));
        // Written by the producer, read back by a channel; its end told by the admin client.
        given().contentType("application/json")
                .body("{\"id\":\"locked\"}")
                .post("/scorings")
                .then()
                .statusCode(202);
        get("/scorings/locked").then().statusCode(200).body("state", equalTo("RUNNING"));
    }

    @Test
    void withAnotherPasswordItIsNotReadyAndSaysWhy() {
        Map<String, Object> another = new HashMap<>(configured);
        another.computeIfPresent("sasl.jaas.config", (name, login) -> String.valueOf(login)
                .replaceFirst("password=\"[^\"]*\"", "password=\"guessed\""));
        assertThat(another.get("sasl.jaas.config"))
                .isNotEqualTo(Objects.requireNonNull(configured.get("sasl.jaas.config")));
        try (Admin admin = new Clients().admin(new ClientSettings(another))) {
            HealthCheckResponse response = new TopicsReady(new TopicList(), admin).call();
            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
            assertThat(response.getData().orElseThrow().values())
                    .isNotEmpty()
                    .allSatisfy(why -> assertThat(String.valueOf(why)).contains("Authentication failed"));
        }
    }

    @Test
    void whoSpeaksPlainlyIsNotHeard() {
        Map<String, Object> plain =
                Map.of("bootstrap.servers", Objects.requireNonNull(configured.get("bootstrap.servers")));
        Admin admin = new Clients().admin(new ClientSettings(plain));
        try {
            assertThat(new TopicsReady(new TopicList(), admin).call().getStatus())
                    .isEqualTo(HealthCheckResponse.Status.DOWN);
        } finally {
            // It would wait for its answers, which do not come.
            admin.close(Duration.ZERO);
        }
    }
}
