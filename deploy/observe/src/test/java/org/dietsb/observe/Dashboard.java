package org.dietsb.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * A Grafana dashboard file.
 *
 * @param name of the file, without its extension
 */
record Dashboard(String name, JsonNode json) {
    private static final Pattern LEFT = Pattern.compile("\\$[^0-9]");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A query of a panel, of the annotations or of a variable. */
    record Query(String refId, String expr, String legend, boolean instant, boolean buckets) {}

    static Dashboard read(Path file) {
        try {
            String name = String.valueOf(file.getFileName()).replace(".json", "");
            return new Dashboard(name, JSON.readTree(file.toFile()));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    String title() {
        return json.path("title").asText();
    }

    /** Returns all panels, including rows; panels in a collapsed row follow it. */
    List<Panel> panels() {
        List<Panel> panels = new ArrayList<>();
        for (JsonNode panel : json.path("panels")) {
            panels.add(new Panel(panel));
            panel.path("panels").forEach(inner -> panels.add(new Panel(inner)));
        }
        return panels;
    }

    /** Returns the variables, by name. */
    List<JsonNode> variables() {
        return list(json.at("/templating/list"));
    }

    /** Returns the annotations that query Prometheus. */
    List<JsonNode> annotations() {
        return list(json.at("/annotations/list")).stream()
                .filter(one -> one.has("expr"))
                .toList();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    /** A panel, or the title of a row of panels. */
    record Panel(JsonNode json) {
        String title() {
            return json.path("title").asText();
        }

        String type() {
            return json.path("type").asText();
        }

        boolean isRow() {
            return type().equals("row");
        }

        int x() {
            return json.at("/gridPos/x").asInt();
        }

        int y() {
            return json.at("/gridPos/y").asInt();
        }

        int width() {
            return json.at("/gridPos/w").asInt();
        }

        int height() {
            return json.at("/gridPos/h").asInt();
        }

        String unit() {
            return json.at("/fieldConfig/defaults/unit").asText();
        }

        List<Query> queries() {
            return list(json.path("targets")).stream()
                    .map(target -> new Query(
                            target.path("refId").asText(),
                            target.path("expr").asText(),
                            target.path("legendFormat").asText(),
                            target.path("instant").asBoolean(),
                            target.path("format").asText().equals("heatmap")))
                    .toList();
        }
    }

    /** Returns the query that Grafana would send, with variables and intervals replaced. */
    static String filledIn(String expr, Map<String, String> values) {
        String filled = expr;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("$" + value.getKey(), value.getValue());
        }
        // The $1 of label_replace is not a variable.
        if (LEFT.matcher(filled).find()) {
            throw new IllegalArgumentException("a variable is left in " + filled);
        }
        return filled;
    }
}
