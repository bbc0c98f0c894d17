package org.dietsb.launcher.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.launcher.experiment.Wanted;

/**
 * What a run brought.
 *
 * @param accuracy share of the test set, after the last epoch
 * @param totalPruned share of all examples that got no gradient, over all epochs
 * @param secondsPerEpoch median of the epochs from the second on; under stale:N their mean over whole cycles
 * @param trainedPerEpoch examples that got a gradient, mean of the epochs
 * @param selectionPerEpoch examples in selection passes, each times the square of its scale, mean of the epochs
 * @param passes over the training set, all epochs, a selection pass counting a third
 * @param seconds of training, all epochs
 * @param examples of the training set
 * @param testExamples of the test set; 0 = not known
 * @param times how often the masks selected each example [examples]; empty where that is not known
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
        List<OfClass> classes,
        double[] times) {

    /** A class, and how many training examples it has before any diet. */
    public record OfClass(String name, int count) {}

    /** As it is kept: the run as the trainer shows it, and what else was found out. */
    public static Result of(Wanted run, JsonNode kept) {
        List<JsonNode> epochs = new ArrayList<>();
        kept.path("epochs").forEach(epochs::add);
        int examples = kept.path("examples").asInt();
        double trained = sum(epochs, "backwardExamples");
        double selection = sum(epochs, "scaledSelectionExamples");
        List<OfClass> classes = new ArrayList<>();
        kept.path("keptPerClass")
                .forEach(one -> classes.add(
                        new OfClass(one.path("name").asText(), one.path("count").asInt())));
        return new Result(
                run,
                kept.path("accuracy").asDouble(),
                kept.path("totalPruned").asDouble(),
                kept.path("prePruned").asDouble(),
                secondsPerEpoch(epochs, run.cell().variation().losses()),
                trained / epochs.size(),
                selection / epochs.size(),
                (selection / 3 + trained) / examples,
                sum(epochs, "seconds"),
                examples,
                kept.path("testExamples").asInt(),
                kept.path("fingerprint").asText(),
                kept.path("device").asText(),
                kept.path("sideBySide").asInt(1),
                List.copyOf(classes),
                IntStream.range(0, kept.path("times").size())
                        .mapToDouble(i -> kept.path("times").get(i).asDouble())
                        .toArray());
    }

    private static double sum(List<JsonNode> epochs, String field) {
        return epochs.stream()
                .mapToDouble(epoch -> epoch.path(field).asDouble())
                .sum();
    }

    private static double secondsPerEpoch(List<JsonNode> epochs, String losses) {
        List<Double> seconds = new ArrayList<>();
        epochs.stream()
                .skip(epochs.size() > 1 ? 1 : 0)
                .forEach(epoch -> seconds.add(epoch.path("seconds").asDouble()));
        if (losses.startsWith("stale:")) {
            int cycle = Integer.parseInt(losses.substring("stale:".length()));
            int whole = Math.max(cycle, seconds.size() / cycle * cycle);
            return seconds.stream()
                    .limit(whole)
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(0);
        }
        Collections.sort(seconds);
        int n = seconds.size();
        return n == 0 ? 0 : (seconds.get((n - 1) / 2) + seconds.get(n / 2)) / 2;
    }
}
