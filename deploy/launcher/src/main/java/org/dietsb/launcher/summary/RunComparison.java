package org.dietsb.launcher.summary;

import org.dietsb.launcher.text.Table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Two runs side by side: what was ordered, then figures, with second - first. */
public final class RunComparison {
    private RunComparison() {}

    public static Table of(JsonNode first, JsonNode second) {
        Table table = new Table(
                List.of("", first.path("runId").asText(), second.path("runId").asText(), "difference"));
        for (String field : List.of("state", "dataset", "examples", "model", "seed")) {
            table.row(List.of(
                    field, first.path(field).asText("-"), second.path(field).asText("-"), ""));
        }
        table.row(List.of("policy", kind(first), kind(second), ""));
        table.row(List.of("epochs", epochs(first), epochs(second), ""));
        table.row(List.of(
                "accuracy",
                Summaries.accuracy(first, 4),
                Summaries.accuracy(second, 4),
                first.path("accuracy").isNumber() && second.path("accuracy").isNumber()
                        ? text(
                                "%+.4f",
                                second.path("accuracy").asDouble()
                                        - first.path("accuracy").asDouble())
                        : ""));
        table.row(figure(
                "pruned, %",
                "1", first, second, run -> 100 * run.path("totalPruned").asDouble()));
        table.row(figure(
                "pre-pruned, %",
                "1", first, second, run -> 100 * run.path("prePruned").asDouble()));
        table.row(figure("s/epoch", "2", first, second, Summaries::secondsPerEpoch));
        table.row(figure("training, s", "1", first, second, run -> Summaries.sum(run, "seconds")));
        table.row(figure("mask wait, s", "1", first, second, run -> Summaries.sum(run, "maskWaitSeconds")));
        if (first.has("reachedAccuracy") && second.has("reachedAccuracy")) {
            table.row(figure("to its accuracy, s", "1", first, second, run -> reached(run, "seconds")));
            table.row(figure("to its accuracy, passes", "2", first, second, run -> reached(run, "passes")));
        }
        table.row(figure("steps", "0", first, second, run -> Summaries.sum(run, "steps")));
        table.row(figure("trained examples", "0", first, second, run -> Summaries.sum(run, "backwardExamples")));
        table.row(figure("for selection", "0", first, second, run -> Summaries.sum(run, "selectionExamples")));
        return table;
    }

    private static double reached(JsonNode run, String what) {
        return run.path("reachedAccuracy").path(what).asDouble();
    }

    private static List<String> figure(
            String name, String digits, JsonNode first, JsonNode second, ToDoubleFunction<JsonNode> figure) {
        double one = figure.applyAsDouble(first);
        double other = figure.applyAsDouble(second);
        List<String> row = new ArrayList<>(List.of(name));
        row.add(text("%." + digits + "f", one));
        row.add(text("%." + digits + "f", other));
        row.add(text("%+." + digits + "f", other - one));
        return row;
    }

    private static String kind(JsonNode run) {
        return run.path("policy").path("kind").asText();
    }

    private static String epochs(JsonNode run) {
        return String.valueOf(run.path("epochs").size());
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
