package org.dietsb.launcher.summary;

import org.dietsb.launcher.system.Rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Runs and epochs in words and numbers. */
public final class Summaries {
    private static final List<String> COLUMNS = List.of(
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
            "maskTimeouts",
            "evaluationSeconds");

    private Summaries() {}

    /** A finished run and the scoring it needed, as --summary writes it: every field is there, if only as null or 0. */
    public static ObjectNode summary(ObjectNode run, @Nullable Scores scores) {
        ObjectNode summary = run.deepCopy();
        if (!summary.has("accuracy")) {
            summary.putNull("accuracy");
        }
        ObjectNode scoring = scores == null
                ? Rest.JSON
                        .createObjectNode()
                        .put("members", 0)
                        .put("epochs", 0)
                        .put("seconds", 0.0)
                        .put("examples", 0)
                : scores.toJson();
        if (scores != null) {
            scores.means(run).ifPresent(means -> scoring.put("meanEl2nKept", means.kept())
                    .put("meanEl2nDropped", means.dropped()));
        }
        summary.set("scoring", scoring);
        return summary;
    }

    /** An epoch in a line. */
    public static String line(JsonNode epoch) {
        return String.format(
                Locale.ROOT,
                "epoch %2d  accuracy %s  loss %.4f  kept %5.1f %%  mask wait %4.1f %%  %.1f s",
                epoch.path("epoch").asInt(),
                accuracy(epoch, 4),
                epoch.path("trainLoss").asDouble(),
                percent(epoch, "selected", "seen"),
                percent(epoch, "maskWaitSeconds", "seconds"),
                epoch.path("seconds").asDouble());
    }

    /** What stands beside a progress bar. Of the examples announced, those whose mask is out count for the keep rate. */
    public static String beside(JsonNode run, int batchSize) {
        JsonNode at = run.path("progress");
        double decided = Math.min(at.path("seen").asDouble(), at.path("batch").asDouble() * batchSize);
        return String.format(
                Locale.ROOT,
                "epoch %d/%d  accuracy %s  keep %.0f %%  mask wait %.1f %%",
                at.path("epoch").asInt(),
                at.path("epochs").asInt(),
                accuracy(run, 3),
                decided == 0 ? 0 : 100 * at.path("selected").asDouble() / decided,
                percent(at, "maskWaitSeconds", "seconds"));
    }

    public static String accuracy(JsonNode of, int digits) {
        JsonNode accuracy = of.path("accuracy");
        return accuracy.isNumber() ? String.format(Locale.ROOT, "%." + digits + "f", accuracy.asDouble()) : "-";
    }

    private static double percent(JsonNode of, String part, String whole) {
        double all = of.path(whole).asDouble();
        return all == 0 ? 0 : 100 * of.path(part).asDouble() / all;
    }

    /** Of all its epochs. */
    public static double sum(JsonNode run, String field) {
        double sum = 0;
        for (JsonNode epoch : run.path("epochs")) {
            sum += epoch.path(field).asDouble();
        }
        return sum;
    }

    /** Median over the epochs from the second on; the first alone if there is no other. */
    public static double secondsPerEpoch(JsonNode run) {
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

    /** A line an epoch; what an epoch does not have is left empty. */
    public static String csv(List<ObjectNode> runs) {
        StringBuilder csv = new StringBuilder("run,policy,")
                .append(String.join(",", COLUMNS))
                .append('\n');
        for (JsonNode run : runs) {
            for (JsonNode epoch : run.path("epochs")) {
                csv.append(run.path("runId").asText())
                        .append(',')
                        .append(run.path("policy").path("kind").asText());
                for (String column : COLUMNS) {
                    JsonNode value = epoch.path(column);
                    csv.append(',').append(value.isNumber() ? value.asText() : "");
                }
                csv.append('\n');
            }
        }
        return csv.toString();
    }
}
