package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;

/** Compares two runs side by side: their orders, then figures with the difference second - first. */
public final class RunComparison {
    private final JsonNode first;
    private final JsonNode second;
    private final Table table;

    private RunComparison(JsonNode first, JsonNode second) {
        this.first = first;
        this.second = second;
        this.table = new Table(
                List.of("", first.path("runId").asText(), second.path("runId").asText(), "difference"));
    }

    public static Table of(JsonNode first, JsonNode second) {
        RunComparison comparison = new RunComparison(first, second);
        comparison.fill();
        return comparison.table;
    }

    private void fill() {
        for (String field : List.of("state", "dataset", "examples", "model", "seed")) {
            row(field, first.path(field).asText("-"), second.path(field).asText("-"), "");
        }
        row("policy", Summaries.label(first), Summaries.label(second), "");
        row("epochs", epochs(first), epochs(second), "");
        JsonNode one = first.path("accuracy");
        JsonNode other = second.path("accuracy");
        row(
                "accuracy",
                Summaries.accuracy(first),
                Summaries.accuracy(second),
                one.isNumber() && other.isNumber() ? Format.text("%+.4f", other.asDouble() - one.asDouble()) : "");
        figure("pruned, %", 1, run -> 100 * run.path("totalPruned").asDouble());
        row("nominal, %", nominal(first), nominal(second), "");
        figure("pre-pruned, %", 1, run -> 100 * run.path("prePruned").asDouble());
        figure("s/epoch", 2, Summaries::secondsPerEpoch);
        figure("training, s", 1, run -> Summaries.sum(run, "seconds"));
        figure("mask wait, s", 1, run -> Summaries.sum(run, "maskWaitSeconds"));
        if (first.has("reachedAccuracy") && second.has("reachedAccuracy")) {
            figure("to its accuracy, s", 1, run -> run.at("/reachedAccuracy/seconds")
                    .asDouble());
            figure("to its accuracy, passes", 2, run -> run.at("/reachedAccuracy/passes")
                    .asDouble());
        }
        figure("steps", 0, run -> Summaries.sum(run, "steps"));
        figure("trained examples", 0, run -> Summaries.sum(run, "backwardExamples"));
        figure("for selection", 0, run -> Summaries.sum(run, "selectionExamples"));
    }

    private static String nominal(JsonNode run) {
        OptionalDouble rate = Summaries.nominal(run);
        return rate.isPresent() ? Format.text("%.1f", 100 * rate.getAsDouble()) : "-";
    }

    private static String epochs(JsonNode run) {
        return String.valueOf(run.path("epochs").size());
    }

    private void row(String name, String one, String other, String difference) {
        table.row(List.of(name, one, other, difference));
    }

    private void figure(String name, int digits, ToDoubleFunction<JsonNode> figure) {
        double one = figure.applyAsDouble(first);
        double other = figure.applyAsDouble(second);
        String format = "." + digits + "f";
        row(
                name,
                Format.text("%" + format, one),
                Format.text("%" + format, other),
                Format.text("%+" + format, other - one));
    }
}
