package org.dietsb.trainer.topic;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.dietsb.kit.topic.LockedBrokerCases;
import org.dietsb.kit.topic.TestLockedBroker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

@QuarkusTest
@Tag("quarkus")
@TestProfile(LockedBrokerTest.TrainerProfile.class)
class LockedBrokerTest extends LockedBrokerCases {
    /** The locked broker. */
    public static final class TrainerProfile extends LockedBrokerProfile {
        public TrainerProfile() {
            super(TrainerBroker.class);
        }
    }

    /** A broker with the rights of the trainer. */
    public static final class TrainerBroker extends TestLockedBroker {
        private @Nullable Path home;

        public TrainerBroker() {
            super("trainer");
        }

        @Override
        public Map<String, String> start() {
            Map<String, String> settings = super.start();
            try {
                Path made = Files.createTempDirectory("dietsb-home");
                home = made;
                settings.put("dietsb.trainer.home", made.toString());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
            settings.put("dietsb.trainer.device", "cpu");
            settings.put("dietsb.trainer.threads", "1");
            return settings;
        }

        @Override
        public void stop() {
            super.stop();
            if (home != null) {
                try {
                    // A cancelled run leaves no files.
                    Files.delete(home);
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
    }

    @Override
    protected void useEveryClient() {
        given().contentType("application/json")
                .body("{\"id\":\"locked\",\"limit\":64}")
                .post("/runs")
                .then()
                .statusCode(201);
        // The run waits for its first mask: the consumer of orders has taken it, the producer has opened it, and a
        // reader waits for masks.
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> get("/runs/locked").then().body("state", equalTo("RUNNING")));
        when().delete("/runs/locked").then().statusCode(202);
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> get("/runs/locked").then().body("state", equalTo("CANCELLED")));
    }

    @Override
    protected String forbiddenTopic() {
        return "selection-reports";
    }
}
