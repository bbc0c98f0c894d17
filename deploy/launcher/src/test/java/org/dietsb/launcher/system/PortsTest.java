package org.dietsb.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    private final Home home;

    PortsTest(@TempDir Path folder) {
        this.home = new Home(folder);
    }

    private static Ports others() {
        Ports ports = new Ports();
        ports.broker = 11;
        ports.trainer = 12;
        ports.selector = 13;
        ports.scorer = 14;
        ports.scorerManagement = 15;
        return ports;
    }

    @Test
    void theSystemOfTheHomeIsUsedUnlessPortsAreNamed() {
        try (HomeLock lock = HomeLock.take(home, others())) {
            assertThat(lock.lastWasKilled()).isFalse();
            assertThat(new Ports().orOfSystemIn(home).byOption())
                    .isEqualTo(others().byOption())
                    .containsEntry("trainer-management-port", 1_012)
                    .containsEntry("scorer-management-port", 15);
            Ports named = new Ports();
            named.trainer = 99;
            assertThat(named.orOfSystemIn(home).byOption())
                    .containsEntry("trainer-port", 99)
                    .containsEntry("broker-port", 9_092);
        }
        assertThat(new Ports().orOfSystemIn(home).byOption()).as("stopped").isEqualTo(new Ports().byOption());
    }

    @Test
    void thePortsOfASystemThatIsGoneAreNotUsed() throws IOException {
        assertThat(new Ports().orOfSystemIn(home).byOption()).isEqualTo(new Ports().byOption());
        // No process has so high a number: Linux allows up to 2^22.
        Files.writeString(home.folder().resolve("lock"), "dietsb, process 9999999999 (--trainer-port 12)");
        assertThat(new Ports().orOfSystemIn(home).byOption()).isEqualTo(new Ports().byOption());
        Files.writeString(home.folder().resolve("lock"), "of another version");
        assertThat(new Ports().orOfSystemIn(home).byOption()).isEqualTo(new Ports().byOption());
    }
}
