package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With which exit code the services as built end. */
class ExitCodeTest {
    private static LocalBroker broker;

    private final Path home;

    ExitCodeTest(@TempDir Path home) {
        this.home = home;
    }

    @BeforeAll
    static void startBroker() {
        broker = LocalBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainer", "selector", "scorer"})
    void isZeroAfterSigterm(String service) throws Exception {
        try (Standalone running = Standalone.start(service, home, broker.bootstrapServers())) {
            // When
            int code = running.codeAfter("TERM");
            // Then
            assertThat(code).as(running.said()).isZero();
            assertThat(running.said()).contains("stopped in").doesNotContain(" ERROR ", "not clean");
        }
    }

    @Test
    void is130AfterCtrlC() throws Exception {
        Launched.assumeCtrlC();
        try (Standalone running = Standalone.start("scorer", home, broker.bootstrapServers())) {
            // When
            int code = running.codeAfter("INT");
            // Then
            assertThat(code).as(running.said()).isEqualTo(130);
        }
    }

    @Test
    void isOneIfTheBrokerIsAwayAndTheSelectorCannotLeaveItsGroup() throws Exception {
        try (LocalBroker gone = LocalBroker.start();
                Standalone running = Standalone.start("selector", home, gone.bootstrapServers())) {
            // Given
            ProcessHandle.of(gone.pid()).orElseThrow().destroyForcibly();
            // When
            int code = running.codeAfter("TERM");
            // Then
            assertThat(running.said())
                    .contains("The stop of this service is not clean: the last offsets were not committed");
            assertThat(code).as(running.said()).isOne();
        }
    }
}
