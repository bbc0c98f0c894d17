package org.dietsb.launcher.summary;

import org.dietsb.launcher.text.Table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Finished runs, a row each, beside the baseline or else the first of them, with what the numbers do not say below. */
public final class ResultTable {
    private ResultTable() {}

    public static String of(List<ObjectNode> runs) {
        if (runs.isEmpty()) {
            return "";
        }
        ObjectNode base = runs.stream()
                .filter(run -> kind(run).equals("baseline"))
                .findFirst()
                .orElse(runs.get(0));
        boolean compared = runs.size() > 1;
        List<String> headings = new ArrayList<>(List.of("method", "pruned (pre)", "accuracy", "s/epoch"));
        if (compared) {
            headings.add("of " + kind(base));
        }
        boolean stops = runs.stream().anyMatch(run -> run.has("stopAtAccuracy"));
        if (stops) {
            String wanted = runs.get(0).path("stopAtAccuracy").asText();
            headings.addAll(List.of("s to " + wanted, "passes to " + wanted));
        }
        headings.addAll(List.of("selected", "for selection", "mask wait", "scoring s", "total s"));
        Table table = new Table(headings);
        for (ObjectNode run : runs) {
            double seconds = Summaries.secondsPerEpoch(run);
            double scoring = scoringSeconds(run);
            List<String> row = new ArrayList<>(List.of(
                    method(run, runs),
                    text(
                            "%.1f %% (%.1f %%)",
                            100 * run.path("totalPruned").asDouble(),
                            100 * run.path("prePruned").asDouble()),
                    Summaries.accuracy(run, 4),
                    text("%.2f", seconds)));
            if (compared) {
                row.add(text("%.2f", seconds / Summaries.secondsPerEpoch(base)));
            }
            if (stops) {
                row.add(reached(run, "seconds", "%.1f"));
                row.add(reached(run, "passes", "%.2f"));
            }
            double training = Summaries.sum(run, "seconds");
            row.add(text("%.0f", Summaries.sum(run, "selected")));
            row.add(text("%.0f", Summaries.sum(run, "selectionExamples")));
            row.add(text("%.1f %%", training == 0 ? 0 : 100 * Summaries.sum(run, "maskWaitSeconds") / training));
            row.add(text("%.1f", scoring));
            row.add(text("%.1f", scoring + training + Summaries.sum(run, "evaluationSeconds")));
            table.row(row);
        }
        return table + notes(runs);
    }

    /** What it took to reach the accuracy at which it was to stop; a dash where it did not. */
    private static String reached(JsonNode run, String what, String format) {
        JsonNode value = run.path("reachedAccuracy").path(what);
        return value.isNumber() ? text(format, value.asDouble()) : "-";
    }

    private static String notes(List<ObjectNode> runs) {
        StringBuilder notes = new StringBuilder();
        List<String> scored = runs.stream()
                .filter(run -> scoringSeconds(run) > 0)
                .map(ResultTable::kind)
                .toList();
        if (scored.size() > 1) {
            double seconds =
                    runs.stream().mapToDouble(ResultTable::scoringSeconds).max().orElse(0);
            notes.append(text(
                    "One scoring, of %.1f s, counts in the total of each of %s.%n",
                    seconds, String.join(", ", scored)));
        }
        List<ObjectNode> replays =
                runs.stream().filter(run -> kind(run).equals("replay")).toList();
        if (!replays.isEmpty()) {
            String of = replays.get(0).path("policy").path("of").asText().replaceFirst("@.*", "");
            boolean here =
                    runs.stream().anyMatch(run -> run.path("runId").asText().equals(of));
            notes.append(text(
                    "replay goes by the masks of run %s, %s.%n",
                    of,
                    here
                            ? "which is in the table once, and in the total of no other row"
                            : "which was trained before, and is in no total of this table"));
        }
        for (JsonNode run : runs) {
            JsonNode proxy = run.path("proxy");
            if (!proxy.isMissingNode()) {
                notes.append(text(
                        "%s: its proxy, %s, took %.1f s beside it, %.0f examples trained and %.0f passed for selection,"
                                + " which are in no row.%n",
                        method(run, runs),
                        proxy.path("model").asText(),
                        proxy.path("seconds").asDouble(),
                        proxy.path("backwardExamples").asDouble(),
                        proxy.path("selectionExamples").asDouble()));
            }
            int swaps = run.path("policies").size() - 1;
            if (swaps > 0) {
                notes.append(text(
                        "%s: its policy was swapped %d times while it ran; see policies in the summary.%n",
                        kind(run), swaps));
            }
            if (!run.path("bitIdentical").asBoolean(true)) {
                notes.append(text(
                        "%s: %.0f masks did not come in time, so another run of it may end in other weights.%n",
                        kind(run), Summaries.sum(run, "maskTimeouts")));
            }
        }
        return notes.toString();
    }

    /** Its policy, and what else tells it from the others of a sweep. */
    private static String method(JsonNode run, List<ObjectNode> runs) {
        StringBuilder method = new StringBuilder(kind(run));
        if (run.has("proxy")) {
            method.append(" by ").append(run.path("proxy").path("model").asText());
        }
        for (String field : List.of("model", "learningRate", "seed")) {
            JsonNode value = run.path(field);
            if (runs.stream().anyMatch(other -> !other.path(field).equals(value))) {
                method.append(' ')
                        .append(field.equals("model") ? "" : field.equals("seed") ? "seed " : "rate ")
                        .append(value.asText());
            }
        }
        return method.toString();
    }

    private static double scoringSeconds(JsonNode run) {
        return run.path("scoring").path("seconds").asDouble();
    }

    private static String kind(JsonNode run) {
        return run.path("policy").path("kind").asText();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
