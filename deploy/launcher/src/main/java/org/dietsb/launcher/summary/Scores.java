package org.dietsb.launcher.summary;

import org.dietsb.launcher.system.Rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A score set and what it cost.
 *
 * @param seconds of the models, added up
 * @param examples example-passes these trained, added up
 * @param el2n [N], in [0, sqrt 2], by index in the unpruned training set
 * @param labels classes [N]
 */
@SuppressWarnings("ArrayRecordComponent") // Large, never compared, never changed.
public record Scores(String id, int members, int epochs, double seconds, long examples, double[] el2n, int[] labels) {

    /** As the scorer sends it. */
    public static Scores of(JsonNode set) {
        return new Scores(
                set.path("id").asText(),
                set.path("members").asInt(),
                set.path("scoringEpochs").asInt(),
                set.path("seconds").asDouble(),
                set.path("examplesTrained").asLong(),
                stream(set.path("scores")).mapToDouble(JsonNode::asDouble).toArray(),
                stream(set.path("labels")).mapToInt(JsonNode::asInt).toArray());
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        return elements.stream();
    }

    public double mean() {
        return Arrays.stream(el2n).average().orElse(0);
    }

    /** Mean scores of what a diet kept and dropped. */
    record Means(double kept, double dropped) {}

    /**
     * The means over what the diet of this run kept and dropped. How many it dropped, of each class if it is balanced, is
     * asked of the run; which these are follows from the scores, and ties do not change a mean. Empty if the run has no
     * diet by these scores, dropped nothing, or drew what it dropped.
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
                dropped.addAll(lowest(
                        IntStream.range(0, el2n.length).filter(i -> labels[i] == label), sign, lost(classes.get(c))));
            }
        } else {
            int lost = 0;
            for (JsonNode one : classes) {
                lost += lost(one);
            }
            dropped = lowest(IntStream.range(0, el2n.length), sign, lost);
        }
        if (dropped.isEmpty() || dropped.size() == el2n.length) {
            return Optional.empty();
        }
        double sum = dropped.stream().mapToDouble(Double::doubleValue).sum();
        double all = Arrays.stream(el2n).sum();
        return Optional.of(new Means((all - sum) / (el2n.length - dropped.size()), sum / dropped.size()));
    }

    private static int lost(JsonNode one) {
        return one.path("count").asInt() - one.path("kept").asInt();
    }

    private List<Double> lowest(IntStream among, double sign, int count) {
        return among.mapToDouble(i -> sign * el2n[i])
                .sorted()
                .limit(count)
                .map(score -> sign * score)
                .boxed()
                .toList();
    }

    public ObjectNode toJson() {
        return Rest.JSON
                .createObjectNode()
                .put("members", members)
                .put("epochs", epochs)
                .put("seconds", seconds)
                .put("examples", examples);
    }
}
