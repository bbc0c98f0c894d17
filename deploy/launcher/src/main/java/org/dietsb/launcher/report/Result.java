package org.dietsb.launcher.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.text.Json;

/**
 * The result of a run.
 *
 * @param accuracy share of the test set, after the last epoch
 * @param totalPruned share of all examples that got no gradient, over all epochs
 * @param secondsPerEpoch median of the epochs from the second on; under stale:N their mean over complete cycles
 * @param trainedPerEpoch examples that got a gradient, mean of the epochs
 * @param selectionPerEpoch examples in selection passes, each times the square of its scale, mean of the epochs
 * @param passes over the training set in all epochs, where a selection pass counts a third
 * @param seconds of training in all epochs
 * @param examples size of the training set
 * @param testExamples size of the test set; 0 = unknown
 * @param made where the result comes from
 * @param times how often the masks selected each example [examples]; empty if unknown
 */
@SuppressWarnings("ArrayRecordComponent") // Large, never compared, never changed.
public record Result(
        Wanted run,
        double accuracy,
        double totalPruned,
        double prePruned,
        double secondsPerEpoch,
        double trainedPerEpoch,
        double selectionPerEpoch,
        double passes,
        double seconds,
        int examples,
        int testExamples,
        String fingerprint,
        String device,
        int sideBySide,
        List<String> classes,
        Provenance made,
        double[] times) {

    /** Reads a stored result: the run as the trainer reports it, and further facts. */
    public static Result of(Wanted run, JsonNode stored) {
        int epochs = stored.path("epochs").size();
        int examples = stored.path("examples").asInt();
        double trained = Summaries.sum(stored, "backwardExamples");
        double selection = Summaries.sum(stored, "scaledSelectionExamples");
        return new Result(
                run,
                stored.path("accuracy").asDouble(),
                stored.path("totalPruned").asDouble(),
                stored.path("prePruned").asDouble(),
                secondsPerEpoch(stored, run.cell().variation().losses()),
                trained / epochs,
                selection / epochs,
                (selection / 3 + trained) / examples,
                Summaries.sum(stored, "seconds"),
                examples,
                stored.path("testExamples").asInt(),
                stored.path("fingerprint").asText(),
                stored.path("device").asText(),
                stored.path("sideBySide").asInt(1),
                stored.path("keptPerClass")
                        .valueStream()
                        .map(one -> one.path("name").asText())
                        .toList(),
                Provenance.of(stored.path("made")),
                Json.doubles(stored.path("times")));
    }

    private static double secondsPerEpoch(JsonNode stored, String losses) {
        if (!losses.startsWith("stale:")) {
            return Summaries.secondsPerEpoch(stored);
        }
        List<Double> seconds = Summaries.steadySeconds(stored);
        int cycle = Integer.parseInt(losses.substring("stale:".length()));
        return seconds.stream()
                .limit(Math.max(cycle, seconds.size() / cycle * cycle))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }
}
