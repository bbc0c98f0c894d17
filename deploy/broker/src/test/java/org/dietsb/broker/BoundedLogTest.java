package org.dietsb.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedLogTest {
    @Test
    void keepsTheLastLinesInTwoFiles(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("broker.log");
        Files.writeString(file, "from the JVM\n");
        try (PrintStream log = new PrintStream(new BoundedLog(file, 1_000), true, StandardCharsets.UTF_8)) {
            log.println("first");
            assertThat(file).content().isEqualTo("from the JVM\nfirst\n");
            for (int line = 0; line < 10_000; line++) {
                log.println(line);
            }
        }
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("broker.log", "broker.log.1");
        assertThat(file).content().endsWith("9998\n9999\n").hasSizeLessThanOrEqualTo(1_000);
        assertThat(folder.resolve("broker.log.1")).content().hasSizeBetween(900, 1_000);
    }
}
