package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;

/** A table of finished runs, compared with the baseline or else with the first run, and notes that explain its figures. */
public final class ResultTable {
    private final List<ObjectNode> runs;
    private final RunNames names;

    private ResultTable(List<ObjectNode> runs) {
        this.runs = runs;
        this.names = new RunNames(runs);
    }

    public static String of(List<ObjectNode> runs) {
        ResultTable result = new ResultTable(runs);
        return runs.isEmpty() ? "" : result.table() + result.notes() + SeedTable.of(runs) + Conclusions.of(runs);
    }

    private Table table() {
        ObjectNode base =
                runs.stream().filter(Summaries::isBaseline).findFirst().orElse(runs.get(0));
        Columns<JsonNode> columns = new Columns<JsonNode>()
                .add("method", names::of)
                .add("pruned (pre)", run -> percent(run, "totalPruned") + " (" + percent(run, "prePruned") + ")")
                .add("accuracy", Summaries::accuracy)
                .add("s/epoch", run -> Format.text("%.2f", Summaries.secondsPerEpoch(run)));
        if (runs.size() > 1) {
            double whole = Summaries.secondsPerEpoch(base);
            columns.add(
                    "of " + Summaries.label(base), run -> Format.text("%.2f", Summaries.secondsPerEpoch(run) / whole));
        }
        if (runs.stream().anyMatch(run -> run.has("stopAtAccuracy"))) {
            String wanted = runs.get(0).path("stopAtAccuracy").asText();
            columns.add("s to " + wanted, run -> Format.number("%.1f", run.at("/reachedAccuracy/seconds")))
                    .add("passes to " + wanted, run -> Format.number("%.2f", run.at("/reachedAccuracy/passes")));
        }
        return columns.add("selected", run -> Format.text("%.0f", Summaries.sum(run, "selected")))
                .add("for selection", run -> Format.text("%.0f", Summaries.sum(run, "selectionExamples")))
                .add("mask wait", ResultTable::maskWait)
                .add("scoring s", run -> Format.text("%.1f", scoringSeconds(run)))
                .add("total s", run -> Format.text("%.1f", Summaries.totalSeconds(run)))
                .table(runs);
    }

    private static String percent(JsonNode run, String field) {
        return Format.percent(run.path(field).asDouble());
    }

    private static String maskWait(JsonNode run) {
        double training = Summaries.sum(run, "seconds");
        return Format.percent(training == 0 ? 0 : Summaries.sum(run, "maskWaitSeconds") / training);
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
            String rates = Summaries.rates(run);
            if (!rates.isEmpty()) {
                notes.append(Format.text("%s: %s of the training set.%n", names.of(run), rates));
            }
            JsonNode proxy = run.path("proxy");
            if (!proxy.isMissingNode()) {
                notes.append(Format.text(
                        "%s: the proxy, %s, took %.1f s in parallel; it trained %.0f examples and passed %.0f for"
                                + " selection, which no row includes.%n",
                        names.of(run),
                        proxy.path("model").asText(),
                        proxy.path("seconds").asDouble(),
                        proxy.path("backwardExamples").asDouble(),
                        proxy.path("selectionExamples").asDouble()));
            }
            String course = Summaries.course(run);
            if (!course.isEmpty()) {
                notes.append(Format.text(
                        "Run %s had several policies, and shows nothing about any one: %s.%n",
                        run.path("runId").asText(), course));
            }
            if (course.isEmpty() && !Summaries.noEvidence(run).isEmpty()) {
                notes.append(Format.text(
                        "Run %s shows nothing about its policy: %s.%n",
                        run.path("runId").asText(), Summaries.noEvidence(run)));
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

    private static double scoringSeconds(JsonNode run) {
        return run.at("/scoring/seconds").asDouble();
    }
}
