package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.NominalRate;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.contracts.run.LateMasks;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.jspecify.annotations.Nullable;

/** Summarizes runs and epochs in words, JSON and CSV. */
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

    private static final String THEN = ", then ";

    private Summaries() {}

    /** Returns a finished run with its scoring, as --summary writes it. Every field is present, possibly as null or 0. */
    public static ObjectNode summary(ObjectNode run, @Nullable Scores scores) {
        ObjectNode summary = run.deepCopy();
        if (!summary.has("accuracy")) {
            summary.putNull("accuracy");
        }
        Scores none = new Scores("", 0, 0, 0, 0, "", new double[0], new int[0]);
        ObjectNode scoring = (scores == null ? none : scores).toJson();
        if (scores != null) {
            scores.means(run).ifPresent(means -> scoring.put("meanEl2nKept", means.kept())
                    .put("meanEl2nDropped", means.dropped()));
        }
        summary.set("scoring", scoring);
        return summary;
    }

    /**
     * Summarizes an epoch in one line. The share that it kept is of the training set, whatever left out the others.
     *
     * @param run that the epoch is of
     */
    public static String line(JsonNode run, JsonNode epoch) {
        return Format.text(
                        "epoch %2d  accuracy %s  loss %s  kept %5.1f %%  mask wait %4.1f %%  %.1f s",
                        epoch.path("epoch").asInt(),
                        accuracy(epoch),
                        Format.number("%.4f", epoch.path("trainLoss")),
                        100 * kept(run, epoch),
                        percent(epoch, "maskWaitSeconds", "seconds"),
                        epoch.path("seconds").asDouble())
                + (epoch.path("steps").asLong(1) == 0 ? "  no example selected, no step taken" : "");
    }

    /** Returns the share of the training set that an epoch trained on; of the announced part, if a budget cut it short. */
    private static double kept(JsonNode run, JsonNode epoch) {
        double all = run.path("examples").asDouble() * epoch.path("share").asDouble(1);
        return epoch.path("selected").asDouble()
                / Math.max(1, all > 0 ? all : epoch.path("seen").asDouble());
    }

    /**
     * Returns the message beside a progress bar. The keep rate is of the training set, by the announced examples whose mask has arrived.
     */
    public static String beside(JsonNode run, int batchSize) {
        JsonNode at = run.path("progress");
        double decided = Math.min(at.path("seen").asDouble(), at.path("batch").asDouble() * batchSize);
        double ofEpoch = at.path("batches").asDouble() * batchSize;
        double left = Math.min(1, ofEpoch / Math.max(1, run.path("examples").asDouble(ofEpoch)));
        return Format.text(
                "epoch %d/%d  accuracy %s  keep %.0f %%  mask wait %.1f %%",
                at.path("epoch").asInt(),
                at.path("epochs").asInt(),
                Format.number("%.3f", run.path("accuracy")),
                decided == 0 ? 0 : 100 * left * at.path("selected").asDouble() / decided,
                percent(at, "maskWaitSeconds", "seconds"));
    }

    /** Returns the accuracy of a run or an epoch with four digits, or a dash. */
    public static String accuracy(JsonNode of) {
        return Format.number("%.4f", of.path("accuracy"));
    }

    private static double percent(JsonNode of, String part, String whole) {
        double all = of.path(whole).asDouble();
        return all == 0 ? 0 : 100 * of.path(part).asDouble() / all;
    }

    /** Returns why a queued run does not start yet, such as "waits: trainer busy with RUN"; empty if nothing is known. */
    public static String waitsFor(JsonNode run) {
        String what = run.path("waitsFor").asText();
        return what.isEmpty() ? run.path("reason").asText() : "waits: " + what;
    }

    public static double sum(JsonNode run, String field) {
        return Json.sum(run.path("epochs"), field);
    }

    /** Returns the seconds of training, evaluation and scoring. */
    static double totalSeconds(JsonNode run) {
        return sum(run, "seconds")
                + sum(run, "evaluationSeconds")
                + run.at("/scoring/seconds").asDouble();
    }

    /** Returns the share of the training set that the run's policy leaves out by its parameters; empty if they set none. */
    public static OptionalDouble nominal(JsonNode run) {
        JsonNode policy = run.path("policy");
        return Label.parse(PolicyKind.class, kind(run))
                .filter(kind -> !kind.hasKeep() || policy.has("keep"))
                .filter(kind -> !kind.hasDiet() || policy.has("prePruned"))
                .map(kind -> NominalRate.of(
                        kind,
                        policy.path("keep").asDouble(),
                        policy.path("prePruned").asDouble()))
                .orElse(OptionalDouble.empty());
    }

    /** Returns both rates of a run of a kind that leaves out another share than its parameters say; empty for other kinds. */
    static String rates(JsonNode run) {
        boolean differs = Label.parse(PolicyKind.class, kind(run))
                .filter(NominalRate::differs)
                .isPresent();
        return differs ? NominalRate.words(nominal(run), run.path("totalPruned").asDouble()) : "";
    }

    public static String kind(JsonNode run) {
        return run.path("policy").path("kind").asText();
    }

    /** Returns all policies of a run whose policy was swapped, such as "diet-selective, then random from epoch 3"; empty for others. */
    public static String course(JsonNode run) {
        return run.path("policyCourse").asText();
    }

    /**
     * Returns why a run shows nothing about its policy: it had several, or too many of its masks timed out; empty if it shows something.
     */
    public static String noEvidence(JsonNode run) {
        String course = course(run);
        if (!course.isEmpty()) {
            return "had several policies, " + course;
        }
        // A baseline trains whole batches anyway.
        return isBaseline(run)
                ? ""
                : LateMasks.words(Math.round(sum(run, "maskTimeouts")), Math.round(sum(run, "steps")));
    }

    /** Returns the name of a run by its policy; by all of them if it was swapped, by "several policies" if there are more than two. */
    public static String label(JsonNode run) {
        String course = course(run);
        if (course.isEmpty()) {
            return kind(run);
        }
        return course.indexOf(THEN) == course.lastIndexOf(THEN) ? course : "several policies, at last " + kind(run);
    }

    /** Returns whether a run was trained as a baseline from its first batch to its last. */
    static boolean isBaseline(JsonNode run) {
        return kind(run).equals(PolicyKind.BASELINE.label()) && course(run).isEmpty();
    }

    /** Returns the seconds of each epoch from the second on, or of the first if it is the only one. */
    public static List<Double> steadySeconds(JsonNode run) {
        JsonNode epochs = run.path("epochs");
        return epochs.valueStream()
                .skip(epochs.size() > 1 ? 1 : 0)
                .map(epoch -> epoch.path("seconds").asDouble())
                .toList();
    }

    /** Returns the median of the seconds of an epoch, from the second epoch on if there are several. */
    public static double secondsPerEpoch(JsonNode run) {
        List<Double> seconds = steadySeconds(run).stream().sorted().toList();
        int n = seconds.size();
        return n == 0 ? 0 : (seconds.get((n - 1) / 2) + seconds.get(n / 2)) / 2;
    }

    /** Returns CSV with one line per epoch. Missing figures are empty. */
    public static String csv(List<ObjectNode> runs) {
        List<String> header = new ArrayList<>(List.of("run", "policy", "control", "dataset", "model", "seed"));
        header.addAll(COLUMNS);
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setRecordSeparator('\n')
                .setHeader(header.toArray(String[]::new))
                .get();
        StringBuilder csv = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(csv, format)) {
            for (JsonNode run : runs) {
                for (JsonNode epoch : run.path("epochs")) {
                    List<String> row = new ArrayList<>(List.of(
                            run.path("runId").asText(),
                            course(run).isEmpty() ? kind(run) : course(run),
                            run.at("/control/kind").asText(),
                            run.path("dataset").asText(),
                            run.path("model").asText(),
                            run.path("seed").asText()));
                    COLUMNS.forEach(column -> row.add(
                            epoch.path(column).isNumber() ? epoch.path(column).asText() : ""));
                    printer.printRecord(row);
                }
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return csv.toString();
    }
}
