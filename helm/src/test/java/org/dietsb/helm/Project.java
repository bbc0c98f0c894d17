package org.dietsb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Locates files of the project. */
final class Project {
    static final Path ROOT = Path.of("..");
    static final Path CHART = Path.of("dietsb");
    static final List<String> SERVICES = List.of("trainer", "selector", "scorer");
    static final YAMLMapper YAML = new YAMLMapper();
    static final ObjectMapper JSON = new ObjectMapper();

    private Project() {}

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(text(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static JsonNode json(Path file) {
        try {
            return JSON.readTree(text(file));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Returns the values files that represent typical installations. */
    static List<Path> ciValues() {
        try (Stream<Path> files = Files.list(CHART.resolve("ci"))) {
            return files.sorted().toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static Path ciValues(String name) {
        return CHART.resolve("ci").resolve(name + "-values.yaml");
    }

    /** Copies the chart to the given folder, for modification. */
    static Path copyOfChart(Path folder) {
        return copyOf(CHART, folder);
    }

    static Path copyOf(Path chart, Path folder) {
        Path copy = folder.resolve("dietsb");
        try (Stream<Path> files = Files.walk(chart)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(chart.relativize(file).toString()));
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return copy;
    }
}
