package org.dietsb.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files under test. */
final class ProjectFiles {
    static final Path ROOT =
            Path.of(System.getProperty("dietsb.root", "../..")).toAbsolutePath().normalize();
    static final Path CHART_FILES = ROOT.resolve("helm/dietsb/files");
    static final Path RULES = CHART_FILES.resolve("rules/dietsb.yaml");
    static final Path RUNBOOKS = ROOT.resolve("deploy/runbooks");
    static final Path OBSERVE = ROOT.resolve("deploy/observe");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private ProjectFiles() {}

    /** Returns every dashboard that the chart installs. */
    static List<Dashboard> dashboards() {
        try (Stream<Path> files = Files.list(CHART_FILES.resolve("dashboards"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(Dashboard::read)
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** An alert of the rules. */
    record Alert(String name, String expr, JsonNode rule) {}

    static List<Alert> alerts() {
        return yaml(RULES).at("/groups").findParents("alert").stream()
                .map(rule ->
                        new Alert(rule.get("alert").asText(), rule.path("expr").asText(), rule))
                .toList();
    }

    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(file.toFile());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
