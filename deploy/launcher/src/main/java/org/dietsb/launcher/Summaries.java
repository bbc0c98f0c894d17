package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Runs in words: a line an epoch, a row a run, a CSV. */
final class Summaries {
    private Summaries() {}

    static String line(JsonNode epoch) {
        double seen = Math.max(1, epoch.path("seen").asDouble());
        return String.format(
                Locale.ROOT,
                "epoch %2d  accuracy %s  loss %.4f  kept %5.1f %%  mask wait %4.1f %%  %.1f s",
                epoch.path("epoch").asInt(),
                epoch.path("accuracy").isNumber()
                        ? String.format(
                                Locale.ROOT, "%.4f", epoch.path("accuracy").asDouble())
                        : "-",
                epoch.path("trainLoss").asDouble(),
                100 * epoch.path("selected").asDouble() / seen,
                100
                        * epoch.path("maskWaitSeconds").asDouble()
                        / Math.max(1e-9, epoch.path("seconds").asDouble()),
                epoch.path("seconds").asDouble());
    }

    /** What stands beside a progress bar. */
    static String beside(JsonNode run) {
        JsonNode at = run.path("progress");
        return String.format(
                Locale.ROOT,
                "epoch %d/%d accuracy %s keep %.0f %% mask wait %.1f %%",
                at.path("epoch").asInt(),
                at.path("epochs").asInt(),
                run.has("accuracy")
                        ? String.format(
                                Locale.ROOT, "%.3f", run.path("accuracy").asDouble())
                        : "-",
                100
                        * at.path("selected").asDouble()
                        / Math.max(1, at.path("seen").asDouble()),
                100
                        * at.path("maskWaitSeconds").asDouble()
                        / Math.max(1e-9, at.path("seconds").asDouble()));
    }

    static Table table(ArrayNode runs) {
        Table table = new Table(
                "method",
                "pruned (pre)",
                "accuracy",
                "s/epoch",
                "of first",
                "selected",
                "selection passes",
                "scoring s",
                "total s with scoring");
        double first = runs.size() == 0 ? 0 : secondsPerEpoch(runs.get(0));
        for (JsonNode run : runs) {
            double scoring = run.path("scoring").path("seconds").asDouble();
            double total = scoring;
            long selected = 0;
            long passes = 0;
            for (JsonNode epoch : run.path("epochs")) {
                total += epoch.path("seconds").asDouble()
                        + epoch.path("evaluationSeconds").asDouble();
                selected += epoch.path("selected").asLong();
                passes += epoch.path("selectionExamples").asLong();
            }
            table.row(
                    run.path("policy").path("kind").asText(),
                    String.format(
                            Locale.ROOT,
                            "%.1f %% (%.1f %%)",
                            100 * run.path("totalPruned").asDouble(),
                            100 * run.path("prePruned").asDouble()),
                    run.has("accuracy")
                            ? String.format(
                                    Locale.ROOT, "%.4f", run.path("accuracy").asDouble())
                            : "-",
                    String.format(Locale.ROOT, "%.2f", secondsPerEpoch(run)),
                    String.format(Locale.ROOT, "%.2f", secondsPerEpoch(run) / first),
                    String.valueOf(selected),
                    String.valueOf(passes),
                    String.format(Locale.ROOT, "%.1f", scoring),
                    String.format(Locale.ROOT, "%.1f", total));
        }
        return table;
    }

    /** Median over the epochs from the second on; of the first alone if there is no other. */
    static double secondsPerEpoch(JsonNode run) {
        List<Double> seconds = new ArrayList<>();
        for (JsonNode epoch : run.path("epochs")) {
            if (epoch.path("epoch").asInt() > 1 || run.path("epochs").size() == 1) {
                seconds.add(epoch.path("seconds").asDouble());
            }
        }
        Collections.sort(seconds);
        int n = seconds.size();
        return n == 0 ? 0 : (seconds.get((n - 1) / 2) + seconds.get(n / 2)) / 2;
    }

    static String csv(ArrayNode runs) {
        List<String> fields = List.of(
                "epoch",
                "accuracy",
                "trainLoss",
                "learningRate",
                "seconds",
                "seen",
                "selected",
                "steps",
                "backwardExamples",
                "selectionExamples",
                "meanLossSeen",
                "meanLossSelected",
                "maskWaitSeconds",
                "maskTimeouts");
        StringBuilder csv = new StringBuilder("run,policy,")
                .append(String.join(",", fields))
                .append('\n');
        for (JsonNode run : runs) {
            for (JsonNode epoch : run.path("epochs")) {
                csv.append(run.path("runId").asText())
                        .append(',')
                        .append(run.path("policy").path("kind").asText());
                for (String field : fields) {
                    JsonNode value = epoch.path(field);
                    csv.append(',').append(value.isNumber() ? value.asText() : "");
                }
                csv.append('\n');
            }
        }
        return csv.toString();
    }
}
