package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.dietsb.launcher.text.Json;

/**
 * A score set and its cost.
 *
 * @param seconds total seconds of the models
 * @param examples total example-passes that the models trained
 * @param fingerprint of the training set
 * @param el2n [N], in [0, sqrt 2], by index in the unpruned training set
 * @param labels classes [N]; empty if the set has none
 */
@SuppressWarnings("ArrayRecordComponent") // Large, never compared, never changed.
public record Scores(
        String id,
        int members,
        int epochs,
        double seconds,
        long examples,
        String fingerprint,
        double[] el2n,
        int[] labels) {

    public static Scores of(JsonNode set) {
        return new Scores(
                set.path("id").asText(),
                set.path("members").asInt(),
                set.path("scoringEpochs").asInt(),
                set.path("seconds").asDouble(),
                set.path("examplesTrained").asLong(),
                set.path("fingerprint").asText(),
                Json.doubles(set.path("scores")),
                set.path("labels").valueStream().mapToInt(JsonNode::asInt).toArray());
    }

    public double mean() {
        return Arrays.stream(el2n).average().orElse(0);
    }

    /** Mean scores of the examples that a diet kept and dropped. */
    record Means(double kept, double dropped) {}

    /**
     * Returns the mean scores of the examples that the diet of a run kept and dropped. The run states how many it dropped, per
     * class if it is balanced; the scores determine which ones, and ties do not change a mean. Empty if the run has no diet by
     * these scores, dropped nothing, or dropped at random.
     */
    Optional<Means> means(JsonNode run) {
        JsonNode policy = run.path("policy");
        JsonNode classes = run.path("keptPerClass");
        String order = policy.path("order").asText();
        if (!policy.path("scoreSet").asText().equals(id) || order.equals("random") || classes.isEmpty()) {
            return Optional.empty();
        }
        double sign = order.equals("highest") ? -1 : 1;
        List<Double> dropped = new ArrayList<>();
        if (policy.path("balanced").asBoolean()) {
            for (int c = 0; c < classes.size(); c++) {
                int label = c;
                dropped.addAll(first(
                        IntStream.range(0, labels.length).filter(i -> labels[i] == label),
                        sign,
                        droppedOf(classes.get(c))));
            }
        } else {
            int all = classes.valueStream().mapToInt(Scores::droppedOf).sum();
            dropped = first(IntStream.range(0, el2n.length), sign, all);
        }
        if (dropped.isEmpty() || dropped.size() == el2n.length) {
            return Optional.empty();
        }
        double sum = dropped.stream().mapToDouble(Double::doubleValue).sum();
        double all = Arrays.stream(el2n).sum();
        return Optional.of(new Means((all - sum) / (el2n.length - dropped.size()), sum / dropped.size()));
    }

    private static int droppedOf(JsonNode one) {
        return one.path("count").asInt() - one.path("kept").asInt();
    }

    /** Returns the lowest scores among some examples, or the highest if the sign is -1. */
    private List<Double> first(IntStream among, double sign, int count) {
        return among.mapToDouble(i -> sign * el2n[i])
                .sorted()
                .limit(count)
                .map(score -> sign * score)
                .boxed()
                .toList();
    }

    ObjectNode toJson() {
        return Json.object()
                .put("members", members)
                .put("epochs", epochs)
                .put("seconds", seconds)
                .put("examples", examples);
    }
}
