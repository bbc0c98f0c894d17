package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark, started like a user does: launcher, a JVM of its own, real broker, selector and echo. */
class MaskPathTest {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path folder;
    private final Path output;
    private final Path temporary;

    MaskPathTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.output = folder.resolve("output");
        this.temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    private Process maskPath(String... options) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddietsb.root=" + System.getProperty("dietsb.root"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dietsb.launcher.Dietsb",
                "bench",
                "mask-path"));
        line.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary + ShortRun.QUICK);
        return builder.start();
    }

    private List<String> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("dietsb"))
                    .toList();
        }
    }

    @Test
    void measuresLatencyAndThroughputRelativeToAnEcho() throws Exception {
        // When
        Path json = folder.resolve("mask-path.json");
        Process process = maskPath(
                "--rounds=1", "--seconds=.2", "--warm-up=.2", "--batch-size=8,64", "--window=1,16", "--json=" + json);
        // Then
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("machine").asText()).contains("cores", "Java");
        assertThat(report.path("rows").findValuesAsText("name"))
                .containsExactly(
                        "round trip p50, batches of 8",
                        "round trip p99, batches of 8",
                        "round trip p99.9, batches of 8",
                        "16 in flight, batches of 8",
                        "CPU of a mask, 16 in flight, batches of 8",
                        "round trip p50, batches of 64",
                        "round trip p99, batches of 64",
                        "round trip p99.9, batches of 64",
                        "16 in flight, batches of 64",
                        "CPU of a mask, 16 in flight, batches of 64");
        for (JsonNode row : report.path("rows")) {
            for (String figure : List.of("ratio", "min", "max", "ours", "plain")) {
                assertThat(row.path(figure).asDouble())
                        .as(figure + " of " + row)
                        .isPositive()
                        .isFinite();
            }
            for (JsonNode masks : row.path("masks")) {
                assertThat(masks.asDouble()).isPositive();
            }
            for (String route : List.of("ours", "plain")) {
                assertThat(row.path("cpuSeconds").path(route).properties())
                        .extracting(Map.Entry::getKey)
                        .containsExactlyInAnyOrder("bench", "broker", "selector", "echo");
            }
        }
        assertThat(report.at("/rows/0/limit").asDouble()).isEqualTo(1.1);
        assertThat(report.at("/rows/1/limit").asDouble()).isEqualTo(1.6);
        assertThat(report.at("/rows/2/limit").isNull()).isTrue();
        assertThat(report.at("/rows/3/limit").asDouble()).isEqualTo(.8);
        assertThat(report.at("/rows/4/limit").asDouble()).isEqualTo(1.25);
        assertThat(Files.readString(output)).contains("ratio (min - max)", "Wrote " + json);
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenStopped() throws Exception {
        // Given
        Process process = maskPath("--warm-up=600");
        await().atMost(PATIENCE).until(() -> Files.readString(output).contains("Warming up") || !process.isAlive());
        List<ProcessHandle> started = process.descendants().toList();
        assertThat(started).hasSizeGreaterThan(3);
        assertThat(leftBehind()).hasSize(1);
        // When
        process.destroy();
        // Then
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(started).noneMatch(ProcessHandle::isAlive);
        assertThat(leftBehind()).isEmpty();
    }
}
