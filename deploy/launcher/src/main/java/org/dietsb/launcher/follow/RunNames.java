package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Names the runs of a table by their policy and whatever distinguishes them from the others of a sweep. */
record RunNames(List<ObjectNode> runs) {

    /** Copies its list. */
    RunNames {
        runs = List.copyOf(runs);
    }

    /** Returns the name of a run; that of a control is that of its method, and which control it is. */
    String of(JsonNode run) {
        return named(run, List.of("model", "learningRate", "seed"));
    }

    /** Returns the name that the runs of all seeds share. */
    String method(JsonNode run) {
        return named(run, List.of("model", "learningRate"));
    }

    private String named(JsonNode run, List<String> fields) {
        JsonNode method = controlled(run);
        List<String> words = new ArrayList<>(List.of(Summaries.label(method)));
        if (run.has("proxy")) {
            words.add("by " + run.at("/proxy/model").asText());
        }
        for (String field : fields) {
            JsonNode value = run.path(field);
            if (runs.stream().anyMatch(other -> !other.path(field).equals(value))) {
                words.add((field.equals("model") ? "" : field.equals("seed") ? "seed " : "rate ") + value.asText());
            }
        }
        return String.join(" ", words)
                + (Controls.isControl(run) ? ": " + run.at("/control/kind").asText() : "");
    }

    /** Returns the run that a control belongs to; the run itself if it is none. */
    JsonNode controlled(JsonNode run) {
        String of = run.at("/control/of").asText();
        return runs.stream()
                .filter(other -> other.path("runId").asText().equals(of))
                .map(JsonNode.class::cast)
                .findFirst()
                .orElse(run);
    }
}
