package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;

/** A table of finished runs, compared with the baseline or else with the first run, and notes that explain its figures. */
public final class ResultTable {
    private final List<ObjectNode> runs;

    private ResultTable(List<ObjectNode> runs) {
        this.runs = runs;
    }

    public static String of(List<ObjectNode> runs) {
        ResultTable result = new ResultTable(runs);
        return runs.isEmpty() ? "" : result.table() + result.notes();
    }

    private Table table() {
        ObjectNode base = runs.stream()
                .filter(run -> Summaries.kind(run).equals("baseline"))
                .findFirst()
                .orElse(runs.get(0));
        boolean compared = runs.size() > 1;
        List<String> headings = new ArrayList<>(List.of("method", "pruned (pre)", "accuracy", "s/epoch"));
        if (compared) {
            headings.add("of " + Summaries.kind(base));
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
            List<String> row = new ArrayList<>(List.of(
                    method(run),
                    Format.percent(run.path("totalPruned").asDouble()) + " ("
                            + Format.percent(run.path("prePruned").asDouble()) + ")",
                    Summaries.accuracy(run),
                    Format.text("%.2f", seconds)));
            if (compared) {
                row.add(Format.text("%.2f", seconds / Summaries.secondsPerEpoch(base)));
            }
            if (stops) {
                row.add(Format.number("%.1f", run.at("/reachedAccuracy/seconds")));
                row.add(Format.number("%.2f", run.at("/reachedAccuracy/passes")));
            }
            double scoring = scoringSeconds(run);
            double training = Summaries.sum(run, "seconds");
            row.add(Format.text("%.0f", Summaries.sum(run, "selected")));
            row.add(Format.text("%.0f", Summaries.sum(run, "selectionExamples")));
            row.add(Format.percent(training == 0 ? 0 : Summaries.sum(run, "maskWaitSeconds") / training));
            row.add(Format.text("%.1f", scoring));
            row.add(Format.text("%.1f", scoring + training + Summaries.sum(run, "evaluationSeconds")));
            table.row(row);
        }
        return table;
    }

    private String notes() {
        StringBuilder notes = new StringBuilder();
        List<ObjectNode> scored =
                runs.stream().filter(run -> scoringSeconds(run) > 0).toList();
        if (scored.size() > 1) {
            notes.append(Format.text(
                    "One scoring, of %.1f s, counts in the total of each of %s.%n",
                    scored.stream()
                            .mapToDouble(ResultTable::scoringSeconds)
                            .max()
                            .orElse(0),
                    scored.stream().map(Summaries::kind).collect(Collectors.joining(", "))));
        }
        runs.stream()
                .filter(run -> Summaries.kind(run).equals("replay"))
                .findFirst()
                .ifPresent(replay -> notes.append(replayed(replay)));
        for (JsonNode run : runs) {
            JsonNode proxy = run.path("proxy");
            if (!proxy.isMissingNode()) {
                notes.append(Format.text(
                        "%s: the proxy, %s, took %.1f s in parallel; it trained %.0f examples and passed %.0f for"
                                + " selection, which no row includes.%n",
                        method(run),
                        proxy.path("model").asText(),
                        proxy.path("seconds").asDouble(),
                        proxy.path("backwardExamples").asDouble(),
                        proxy.path("selectionExamples").asDouble()));
            }
            int swaps = run.path("policies").size() - 1;
            if (swaps > 0) {
                notes.append(Format.text(
                        "%s: the policy was swapped %d times during the run; see policies in the summary.%n",
                        Summaries.kind(run), swaps));
            }
            if (!run.path("bitIdentical").asBoolean(true)) {
                notes.append(Format.text(
                        "%s: %.0f masks timed out, so a repetition of the run may end in different weights.%n",
                        Summaries.kind(run), Summaries.sum(run, "maskTimeouts")));
            }
        }
        return notes.toString();
    }

    private String replayed(JsonNode replay) {
        String of = replay.at("/policy/of").asText().replaceFirst("@.*", "");
        boolean here = runs.stream().anyMatch(run -> run.path("runId").asText().equals(of));
        return Format.text(
                "replay uses the masks of run %s, %s.%n",
                of,
                here
                        ? "which has a row of its own and counts in no other total"
                        : "which was trained before and counts in no total of this table");
    }

    /** Returns the policy and whatever distinguishes the run from the others of a sweep. */
    private String method(JsonNode run) {
        StringBuilder method = new StringBuilder(Summaries.kind(run));
        if (run.has("proxy")) {
            method.append(" by ").append(run.at("/proxy/model").asText());
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
        return run.at("/scoring/seconds").asDouble();
    }
}
