package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services that die again and again: nothing is restarted without an end. Uses the built services. */
class DyingServicesLongTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path home;
    private final List<String> ports = Launched.freePorts();

    DyingServicesLongTest(@TempDir Path home) {
        this.home = home;
    }

    private static void kill(Launched launched, String service) throws Exception {
        await().atMost(SOON).until(() -> launched.findChild(service).isPresent());
        ProcessHandle process = launched.child(service);
        assertThat(process.destroyForcibly()).isTrue();
        process.onExit().get(1, TimeUnit.MINUTES);
    }

    @Test
    void restartsTheBrokerAndGivesUpOnAServiceThatDiesAgainAndAgain() throws Exception {
        try (Launched launched = Launched.start(home, ports, "up").says("Up: ")) {
            // When
            kill(launched, "broker.jar");
            // Then
            launched.says("dietsb: the broker ended: see "
                    + home.resolve("kafka").resolve("broker.log") + "; it is started again");
            // When
            for (int death = 1; death <= 4; death++) {
                kill(launched, "scorer-service");
            }
            // Then
            assertThat(launched.exitCode()).isEqualTo(1);
            launched.leavesNothing(SOON);
            assertThat(launched.output().lines())
                    .last()
                    .isEqualTo("dietsb: the scorer ended: see "
                            + home.resolve("logs").resolve("scorer.log")
                            + "; it ended 4 times within 10 minutes and is not started again");
        }
    }

    @Test
    void aRunThatEndsThreeTrainersFails() throws Exception {
        // An epoch takes longer than the test: there is no checkpoint.
        try (Launched launched = Launched.start(
                        home, ports, "train", "--policy", "baseline", "--model", "resnet18", "--epochs", "2")
                .says("Run ")) {
            String run = "http://127.0.0.1:" + ports.get(3) + "/runs/" + launched.run();
            Set<Long> attempts = new HashSet<>();
            for (int death = 0; death < 3; death++) {
                // When
                await().atMost(Duration.ofMinutes(3)).ignoreExceptions().until(() -> {
                    JsonPath now = get(run).jsonPath();
                    return now.get("state").equals("RUNNING") && attempts.add(now.getLong("attempt"));
                });
                kill(launched, "trainer-service");
            }
            // Then
            assertThat(launched.exitCode()).isEqualTo(1);
            launched.leavesNothing(SOON);
            assertThat(launched.output()).contains("3 trainers ended while training it");
        }
    }
}
