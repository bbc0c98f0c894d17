package org.dietsb.contracts.score;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.contracts.Sha256;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;

/** The messages of a finished score set on topic el2n-scores. */
public final class ScoreSetMessages {
    private ScoreSetMessages() {}

    /**
     * Returns the messages by their keys, in the order of sending: the chunks, then the manifest, whose count, checksum and mean are set here.
     *
     * @param set scores, and labels if it has any
     * @param manifest what else describes the set
     * @param chunkSize maximum number of scores of a message
     */
    public static Map<String, ScoreMessage> of(
            String id, StoredSets.Scores set, ScoreSetManifest.Builder manifest, int chunkSize) {
        float[] scores = set.scores();
        Map<String, ScoreMessage> messages = new LinkedHashMap<>();
        for (int from = 0; from < scores.length; from += chunkSize) {
            ScoreChunk.Builder chunk = ScoreChunk.newBuilder().setFirstIndex(from);
            for (int i = from; i < Math.min(scores.length, from + chunkSize); i++) {
                chunk.addScores(scores[i]);
                if (set.labels().length > 0) {
                    chunk.addLabels(set.labels()[i]);
                }
            }
            messages.put(
                    id + "/chunk-" + from,
                    ScoreMessage.newBuilder().setScoreSet(id).setChunk(chunk).build());
        }
        manifest.setCount(scores.length).setChecksum(Sha256.hex(scores)).setMean(mean(scores));
        messages.put(
                id + "/ended",
                ScoreMessage.newBuilder().setScoreSet(id).setManifest(manifest).build());
        return messages;
    }

    /** Returns the mean, summed in double; 0 of no scores. */
    public static double mean(float[] scores) {
        double sum = 0;
        for (float score : scores) {
            sum += score;
        }
        return scores.length == 0 ? 0 : sum / scores.length;
    }
}
