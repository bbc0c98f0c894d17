package org.dietsb.selector.diet;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic el2n-scores: every score set, whole or not yet. Thread-safe. */
@ApplicationScoped
public class ScoreSets {
    private static final Logger LOG = Logger.getLogger(ScoreSets.class);
    static final String TOPIC = "el2n-scores";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What is known of a score set by its name. */
    public sealed interface Found {
        /** Its scores, and the name of their dataset. */
        record Whole(ScoreSet scores, String dataset) implements Found {}

        /** Why it cannot be used, in words. */
        record Unusable(String reason) implements Found {}
    }

    /** Of the reading thread alone. */
    private final UnfinishedSets chunks;

    private final Map<String, Found> found = new ConcurrentHashMap<>();
    private final ReadPosition position;

    /** Within the service's settings; see there. */
    ScoreSets(
            TopicEnds ends,
            DeadLetters deadLetters,
            @ConfigProperty(name = "dietsb.selector.largest-dataset") int largestSet,
            @ConfigProperty(name = "dietsb.selector.unfinished-scores") int unfinishedScores) {
        this.chunks = new UnfinishedSets(unfinishedScores, largestSet);
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** The score set of this name; waits, within bounds, until this reader has read what was there before it. */
    public Found find(String id) {
        if (found.get(id) instanceof Found.Whole whole) {
            return whole;
        }
        try {
            // It may have been finished a moment ago: only what is not in the topic now is unknown.
            if (!position.awaitEnd(PATIENCE)) {
                return new Found.Unusable("score set " + id + " cannot be looked up: topic " + TOPIC + " is not read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return found.getOrDefault(id, new Found.Unusable("score set " + id + " is unknown"));
    }

    /** The names of those that are whole, in order. */
    public List<String> whole() {
        return found.entrySet().stream()
                .filter(one -> one.getValue() instanceof Found.Whole)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Waits until what was there at the start is read; false if that took too long. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitCaughtUp(timeout);
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(ScoreMessage.parseFrom(value)));
    }

    private void accept(ScoreMessage score) {
        String id = score.getScoreSet();
        if (score.getEventCase() != ScoreMessage.EventCase.EVENT_NOT_SET) {
            RunId.check("score set", id);
        }
        switch (score.getEventCase()) {
            case REQUESTED -> {
                chunks.remove(id);
                found.put(id, new Found.Unusable("score set " + id + " is not finished"));
            }
            case CHUNK -> chunks.add(id, score.getChunk());
            case MANIFEST -> {
                // One that comes twice changes nothing: the scorer was restarted, or two scorers published the same.
                Found assembled = assemble(id, score.getManifest());
                if (assembled instanceof Found.Whole || !(found.get(id) instanceof Found.Whole)) {
                    found.put(id, assembled);
                }
            }
            case FAILED -> {
                chunks.remove(id);
                found.put(
                        id,
                        new Found.Unusable("score set " + id + " failed: "
                                + score.getFailed().getReason()));
            }
            case EVENT_NOT_SET -> LOG.debug("A score message of a later version was passed over");
        }
    }

    private Found assemble(String id, ScoreSetManifest manifest) {
        Map<Integer, ScoreChunk> of = chunks.of(id);
        long there = of.values().stream().mapToLong(ScoreChunk::getScoresCount).sum();
        if (there != manifest.getCount()) {
            return new Found.Unusable("score set " + id + " is damaged: it has " + there + " of "
                    + Integer.toUnsignedLong(manifest.getCount()) + " scores");
        }
        float[] scores = new float[manifest.getCount()];
        int[] labels = new int[manifest.getCount()];
        int at = 0;
        for (ScoreChunk chunk : of.values()) {
            if (chunk.getFirstIndex() != at
                    || at + chunk.getScoresCount() > scores.length
                    || chunk.getScoresCount() != chunk.getLabelsCount()) {
                break;
            }
            for (int i = 0; i < chunk.getScoresCount(); i++, at++) {
                scores[at] = chunk.getScores(i);
                labels[at] = chunk.getLabels(i);
            }
        }
        chunks.remove(id);
        if (at != scores.length || !Sha256.hex(scores).equals(manifest.getChecksum())) {
            return new Found.Unusable("score set " + id + " is damaged: its checksum is not its manifest's");
        }
        return new Found.Whole(
                new ScoreSet(id, manifest.getDataset().getChecksum(), scores, labels),
                manifest.getDataset().getName());
    }
}
