package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However the command ends, it leaves no process and no active run behind. Uses the built services. */
class NothingLeftBehindTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String[] LONG_RUN = {"train", "--policy", "baseline", "--limit", "512", "--epochs", "5000"};

    private final Path home;
    private final List<String> ports = Launched.freePorts();

    NothingLeftBehindTest(@TempDir Path home) {
        this.home = home;
    }

    private List<String> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("unfinished"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void stopsAndCancelsTheRunOnRepeatedCtrlC() throws Exception {
        try (Launched launched = Launched.start(home, ports, LONG_RUN).says("epoch  2")) {
            // When
            launched.signal("INT", true);
            Thread.sleep(200);
            launched.signal("INT", true);
            // Then
            assertThat(launched.exitCode()).isEqualTo(130);
            launched.leavesNothing(AT_ONCE);
            assertThat(unfinished()).isEmpty();
            assertThat(Files.readString(home.resolve("logs").resolve("trainer.log")))
                    .contains("is cancelled");
            assertThat(launched.output()).contains("dietsb: stopping").doesNotContain("Exception", "\tat ", " ended: ");
        }
    }

    @Test
    void stopsOnSigtermDuringStartUp() throws Exception {
        try (Launched launched = Launched.start(home, ports, "up").says("Starting Kafka")) {
            // When
            Thread.sleep(1_000);
            launched.says("Starting Kafka").signal("TERM", false);
            // Then
            assertThat(launched.exitCode()).isEqualTo(143);
            launched.leavesNothing(AT_ONCE);
            assertThat(launched.output()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void leavesNoProcessIfKilledAndCancelsTheRunAtTheNextStart() throws Exception {
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
    void endsAtOnceAndReportsTheServiceThatDied() throws Exception {
        try (Launched launched = Launched.start(home, ports, LONG_RUN).says("epoch  1")) {
            // When
            assertThat(launched.child("trainer-service").destroyForcibly()).isTrue();
            // Then
            assertThat(launched.exitCode()).isEqualTo(1);
            launched.leavesNothing(SOON);
            assertThat(launched.output().lines())
                    .last()
                    .isEqualTo("dietsb: the trainer ended: see "
                            + home.resolve("logs").resolve("trainer.log"));
        }
    }

    @Test
    void endsAtOnceIfTheBrokerDies() throws Exception {
        try (Launched launched = Launched.start(home, ports, "up").says("Up: ")) {
            // When
            assertThat(launched.child("broker.jar").destroyForcibly()).isTrue();
            // Then
            assertThat(launched.exitCode()).isEqualTo(1);
            launched.leavesNothing(SOON);
            assertThat(launched.output().lines()).last().asString().startsWith("dietsb: the broker ended: see ");
        }
    }
}
