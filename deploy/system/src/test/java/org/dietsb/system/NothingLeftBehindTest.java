package org.dietsb.system;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.dietsb.launcher.text.Format;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the command ends, it leaves no process and no active run of its own behind; what dies while it runs is started again. Uses the built services. */
class NothingLeftBehindTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String[] LONG_RUN = {
        "train", "--policy", "baseline", "--limit", "512", "--epochs", "5000", "--evaluate-every", "0"
    };

    private final Path home;
    private final List<String> ports = Launched.freePorts();

    NothingLeftBehindTest(@TempDir Path home) {
        this.home = home;
    }

    /** Whether the home folder has a whole checkpoint of any run. */
    private boolean hasCheckpoint() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("checkpoints"))) {
            return files.anyMatch(file -> file.toString().endsWith(".safetensors"));
        } catch (NoSuchFileException | UncheckedIOException changing) {
            return false;
        }
    }

    private List<String> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("unfinished"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void cancelsItsRunOnCtrlCAndStaysForTheRunOfAnotherUntilTheSecond() throws Exception {
        Launched.assumeCtrlC();
        try (Launched launched = Launched.start(home, ports, LONG_RUN).says("epoch  2");
                Launched another = Launched.start(home, ports, LONG_RUN)) {
            // Given
            Launched other = another.says("Run ");
            String run = other.run();
            // When
            launched.signal("INT", true);
            // Then
            launched.says("another command's run is not over (" + run
                    + "): the system stays up until it is; Ctrl-C stops it now");
            assertThat(unfinished()).isEmpty();
            assertThat(launched.output())
                    .containsPattern("run +state +accuracy +model")
                    .containsPattern("fashion-mini-resnet8-baseline-\\w+ +CANCELLED");
            await().atMost(SOON)
                    .until(() -> get(trainer() + "/runs/" + run).path("state").equals("RUNNING"));
            // When
            launched.signal("INT", true);
            // Then
            assertThat(launched.exitCode()).isEqualTo(130);
            launched.leavesNothing(AT_ONCE);
            assertThat(launched.output())
                    .contains("dietsb: stopping", "resumes when the system is started again: " + run)
                    .doesNotContain("Exception", "\tat ", " ended: ");
            assertThat(other.exitCode()).isEqualTo(1);
            assertThat(other.output().lines())
                    .last()
                    .isEqualTo("dietsb: nothing answers at " + trainer()
                            + ", where the trainer should be: start the system" + " with dietsb up; run " + run
                            + " goes on when the system is started again");
        }
    }

    private String trainer() {
        return "http://127.0.0.1:" + ports.get(3);
    }

    @Test
    void stopsOnSigtermDuringStartUpInTheBackground() throws Exception {
        try (Launched launched = Launched.startInBackground(home, ports, "up").says("Starting Kafka")) {
            // When
            Thread.sleep(1_000);
            launched.says("Starting Kafka").signal("INT", false);
            launched.signal("TERM", false);
            // Then
            assertThat(launched.exitCode()).isEqualTo(143);
            launched.leavesNothing(AT_ONCE);
            assertThat(launched.output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void leavesNoProcessIfKilledAndCancelsTheRunAtTheNextStart() throws Exception {
        Launched.assumeCtrlC();
        List<String> left;
        try (Launched launched = Launched.start(home, ports, LONG_RUN).says("epoch  1")) {
            // When
            launched.signal("KILL", false);
            // Then
            assertThat(launched.exitCode()).isEqualTo(137);
            left = unfinished();
            assertThat(left).hasSize(1);
            // Given: its processes are still ending when the next command starts
            try (Launched next = Launched.start(home, ports, "up").says("Up: ")) {
                launched.leavesNothing(SOON);
                assertThat(next.output()).contains("Run " + left.get(0) + " was left unfinished");
                assertThat(unfinished()).isEmpty();
                next.signal("INT", false);
                assertThat(next.exitCode()).isEqualTo(130);
                next.leavesNothing(AT_ONCE);
            }
        }
    }

    @Test
    void restartsServicesThatDieAndTheRunGoesOn() throws Exception {
        Launched.assumeCtrlC();
        Path logs = home.resolve("logs");
        try (Launched launched = Launched.start(home, ports, LONG_RUN).says("epoch  1")) {
            // Given: an epoch is shown before its checkpoint is written, and a run without one starts from the
            // beginning.
            await().atMost(PATIENCE).until(this::hasCheckpoint);
            // When
            assertThat(launched.child("scorer-service").destroyForcibly()).isTrue();
            assertThat(launched.child("trainer-service").destroyForcibly()).isTrue();
            // Then
            launched.says("dietsb: the scorer ended: see " + logs.resolve("scorer.log") + "; it is started again");
            launched.says("dietsb: the trainer ended: see " + logs.resolve("trainer.log") + "; it is started again");
            String run = trainer() + "/runs/" + launched.run();
            try {
                await().atMost(PATIENCE).ignoreExceptions().until(() -> get(run).path("resumedFrom") != null);
            } catch (ConditionTimeoutException late) {
                throw new AssertionError("not resumed\n" + RecentLogs.of(home), late);
            }
            int epochs = get(run).jsonPath().getList("epochs").size();
            launched.says(Format.text("epoch %2d", epochs + 1));
            assertThat(logs.resolve("trainer.log.1")).content().contains(" INFO ");
            // When: an impatient user.
            launched.signal("INT", true);
            Thread.sleep(200);
            launched.signal("INT", true);
            // Then
            assertThat(launched.exitCode()).isEqualTo(130);
            launched.leavesNothing(AT_ONCE);
            assertThat(unfinished()).isEmpty();
            assertThat(Files.readString(logs.resolve("trainer.log"))).contains("is cancelled");
        }
    }
}
