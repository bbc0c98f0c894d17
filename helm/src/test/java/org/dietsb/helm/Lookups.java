package org.dietsb.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers the lookups of the chart without a cluster: Helm's library would ask the one of the user's kubeconfig, even to render. The chart asks in
 * one template, {@code dietsb.lookup}; a copy of the chart has another in its place.
 */
final class Lookups {
    private static final Map<Path, Path> EMPTY = new ConcurrentHashMap<>();

    private Lookups() {}

    /** Returns a copy of the chart, whose lookups find the given objects and no others. */
    static Path answered(Path chart, List<JsonNode> live) {
        return live.isEmpty() ? EMPTY.computeIfAbsent(chart, of -> copy(of, live)) : copy(chart, live);
    }

    private static Path copy(Path chart, List<JsonNode> live) {
        try {
            Path copy = Project.copyOf(chart, Files.createTempDirectory(Path.of("target"), "chart"));
            Path template = copy.resolve("templates/_lookup.tpl");
            String asks = "{{- lookup .apiVersion .kind .namespace .name | toJson -}}";
            String text = Files.readString(template);
            if (!text.contains(asks)) {
                throw new AssertionError(template + " does not have " + asks);
            }
            ObjectNode objects = Project.JSON.createObjectNode();
            live.forEach(object -> objects.set(key(object), object));
            String found = "{{- get (`" + objects + "` | fromJson) (printf \"%s %s/%s\" .kind .namespace .name)"
                    + " | default (dict) | toJson -}}";
            Files.writeString(template, text.replace(asks, found));
            return copy;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String key(JsonNode object) {
        return "%s %s/%s"
                .formatted(
                        object.path("kind").asText(),
                        object.at("/metadata/namespace").asText(),
                        Rendered.name(object));
    }
}
