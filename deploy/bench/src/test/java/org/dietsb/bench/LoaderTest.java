package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of the benchmark, if there is a Python with torch, numpy and Pillow. */
class LoaderTest {

    @Test
    void comparesWithPyTorch(@TempDir Path folder) throws Exception {
        Optional<String> python = Stream.of("python3", "/usr/bin/python3")
                .filter(LoaderTest::hasTorch)
                .findFirst();
        assumeThat(python).as("Python with torch, numpy and Pillow").isPresent();

        // When
        JsonNode report = ShortRun.of(
                folder,
                "loader",
                "--rounds=1",
                "--pictures=200",
                "--image-size=32",
                "--workers=1",
                "--python=" + python.orElseThrow());
        // Then
        JsonNode row = report.at("/rows/0");
        assertThat(row.path("name").asText()).isEqualTo("200 JPEGs to 32 x 32");
        assertThat(row.path("limit").asDouble()).isEqualTo(1);
        ShortRun.isMeasured(row, "pictures/s", "first opening s", "next opening s");
    }

    private static boolean hasTorch(String python) {
        try {
            Process process = new ProcessBuilder(python, "-c", "import torch, numpy, PIL")
                    .redirectErrorStream(true)
                    .start();
            byte[] unused = process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
