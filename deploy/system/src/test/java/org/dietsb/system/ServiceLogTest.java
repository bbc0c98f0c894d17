package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs of a service as built, without a broker. */
class ServiceLogTest {
    @Test
    void rotatesItsLogAndKeepsThatOfTheLastProcess(@TempDir Path logs) throws IOException {
        Path log = logs.resolve("scorer.log");
        Files.writeString(log, "the last process");
        // Given: much is logged, and little fits into a file.
        Launch launch = Launch.service("scorer", LocalBroker.freePort(), LocalBroker.FRUGAL, "127.0.0.1:1")
                .as("scorer", "-Dquarkus.log.level=DEBUG", "-Dquarkus.log.file.rotation.max-file-size=20K");
        try (ServiceProcess unused = ServiceProcess.start(launch, logs)) {
            // The log of the last process comes first.
            assertThat(logs.resolve("scorer.log.1")).content().isEqualTo("the last process");
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> Files.exists(logs.resolve("scorer.log.2"))
                            && !Files.readString(logs.resolve("scorer.log.2")).startsWith("the last"));
        }
        try (Stream<Path> files = Files.list(logs)) {
            List<Path> all = files.toList();
            assertThat(all.stream().map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("scorer.log", "scorer.log.1", "scorer.log.2");
            for (Path file : all) {
                assertThat(Files.size(file)).as(file.toString()).isLessThan(40_000);
            }
        }
    }
}
