package org.dietsb.launcher.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.dietsb.launcher.experiment.Scoring;

/**
 * The scores that a scoring found.
 *
 * @param seconds of its models, added up
 * @param el2n [N], in [0, sqrt 2], by index in the unpruned training set
 * @param labels classes [N]
 */
@SuppressWarnings("ArrayRecordComponent") // Large, never compared, never changed.
public record ScoreSet(Scoring scoring, String id, double seconds, String fingerprint, double[] el2n, int[] labels) {

    /** As it is kept, which is as the scorer shows it. */
    public static ScoreSet of(Scoring scoring, JsonNode kept) {
        JsonNode scores = kept.path("scores");
        JsonNode labels = kept.path("labels");
        return new ScoreSet(
                scoring,
                kept.path("id").asText(),
                kept.path("seconds").asDouble(),
                kept.path("fingerprint").asText(),
                IntStream.range(0, scores.size())
                        .mapToDouble(i -> scores.get(i).asDouble())
                        .toArray(),
                IntStream.range(0, labels.size())
                        .map(i -> labels.get(i).asInt())
                        .toArray());
    }
}
