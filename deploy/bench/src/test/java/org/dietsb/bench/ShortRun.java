package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A benchmark started like a user does: launcher, a JVM of its own, real broker and selectors. */
final class ShortRun {
    /** Options of every JVM of a short run: it ends before the C2 compiler would pay off. */
    static final String QUICK = " -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

    private ShortRun() {}

    /**
     * Runs it to its end, which must be successful and leave nothing behind.
     *
     * @param folder for its output
     * @return its JSON
     */
    static JsonNode of(Path folder, String benchmark, String... options) throws IOException, InterruptedException {
        return run(folder, QUICK, benchmark, options);
    }

    /** Runs one that computes much, with the C2 compiler. */
    static JsonNode optimized(Path folder, String benchmark, String... options)
            throws IOException, InterruptedException {
        return run(folder, "", benchmark, options);
    }

    private static JsonNode run(Path folder, String java, String benchmark, String... options)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Path json = folder.resolve("report.json");
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddietsb.root=" + System.getProperty("dietsb.root"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dietsb.launcher.Dietsb",
                "bench",
                benchmark,
                "--json=" + json));
        line.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary + java);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroy();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.map(file -> file.getFileName().toString())).noneMatch(name -> name.startsWith("dietsb"));
        }
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("machine").asText()).contains("cores", "Java");
        return report;
    }

    /** Asserts that its ratio, the extremes and these figures are positive numbers. */
    static void isMeasured(JsonNode row, String... figures) {
        for (String figure : Stream.concat(Stream.of("ratio", "min", "max"), Stream.of(figures))
                .toList()) {
            assertThat(row.path(figure).asDouble())
                    .as(figure + " of " + row)
                    .isPositive()
                    .isFinite();
        }
    }
}
