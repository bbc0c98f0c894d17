package org.dietsb.selector.diet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.RefusalException;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads topic el2n-scores whole: the score sets used last, within a bound on their memory, and what became of others. Thread-safe. */
@ApplicationScoped
public class ScoreSets {
    private static final Logger LOG = Logger.getLogger(ScoreSets.class);
    static final String TOPIC = "el2n-scores";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Maximum number of names whose sets, or what became of them, are known. */
    private static final int MOST_NAMES = 10_000;

    private static final int LONGEST_REASON = 1_000;

    /** The result of a look-up of a score set. */
    public sealed interface Found {
        /** The score set is finished; dataset is the name of its dataset. */
        record Whole(ScoreSet scores, String dataset) implements Found {}

        /** The score set cannot be used, for a reason in words. */
        record Unusable(String reason) implements Found {}
    }

    /** Used by the reading thread only. */
    private final UnfinishedSets chunks;

    /** By name; the one used last is at the end. Guarded by itself. */
    private final Map<String, Found> found = new LinkedHashMap<>(16, .75f, true);

    private final ReadPosition position;
    private final long mostBytes;
    /** Bytes of the finished sets. Guarded by found. */
    private long bytes;

    @Inject
    ScoreSets(TopicEnds ends, DeadLetters deadLetters, SelectorConfig config) {
        this(ends, deadLetters, config, (long)
                (config.scoresOfHeap() * Runtime.getRuntime().maxMemory()));
    }

    /**
     * Creates an empty one.
     *
     * @param mostBytes of memory that the finished sets may take
     */
    ScoreSets(TopicEnds ends, DeadLetters deadLetters, SelectorConfig config, long mostBytes) {
        this.chunks = new UnfinishedSets(config.unfinishedScores(), config.largestDataset());
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
        this.mostBytes = mostBytes;
    }

    /** Looks up the score set of this name. Waits, up to a timeout, until everything that is in the topic now is read. */
    public Found find(String id) {
        if (known(id) instanceof Found.Whole whole) {
            return whole;
        }
        try {
            // It may have been finished only a moment ago: unknown is what is not in the topic now.
            if (!position.awaitEnd(PATIENCE)) {
                return new Found.Unusable("score set " + id + " cannot be looked up: topic " + TOPIC + " is not read");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return known(id);
    }

    /** Returns what is known of this name now. */
    Found known(String id) {
        synchronized (found) {
            return Objects.requireNonNullElseGet(
                    found.get(id), () -> new Found.Unusable("score set " + id + " is unknown"));
        }
    }

    private void note(String id, Found now) {
        synchronized (found) {
            bytes += bytes(now) - bytes(found.put(id, now));
            var oldest = found.entrySet().iterator();
            while (found.size() > MOST_NAMES) {
                bytes -= bytes(oldest.next().getValue());
                oldest.remove();
            }
            while (bytes > mostBytes && oldest.hasNext()) {
                Map.Entry<String, Found> one = oldest.next();
                bytes -= bytes(one.getValue());
                if (one.getValue() instanceof Found.Whole) {
                    one.setValue(
                            new Found.Unusable("score set " + one.getKey() + " is not held: those used later take the "
                                    + mostBytes + " bytes that dietsb.selector.scores-of-heap allows"));
                }
            }
        }
    }

    private static long bytes(@Nullable Found one) {
        return one instanceof Found.Whole whole ? bytes(whole.scores().scores().length) : 0;
    }

    private static long bytes(int scores) {
        return (Float.BYTES + Integer.BYTES) * (long) scores;
    }

    /**
     * Returns the score set of this name.
     *
     * @param examples size of the run's training set; 0 if neither it nor the fingerprint is known yet
     * @throws RefusalException if the score set cannot be used, or is of another training set
     */
    public ScoreSet find(String id, int examples, String fingerprint) throws RefusalException {
        Found known = find(id);
        if (known instanceof Found.Unusable unusable) {
            throw new RefusalException(unusable.reason());
        }
        ScoreSet scores = ((Found.Whole) known).scores();
        if (examples != 0 && !scores.isOf(examples, fingerprint)) {
            throw new RefusalException("score set " + id + " is of another dataset than this run's");
        }
        return scores;
    }

    /** Returns the names of the finished score sets, in order. */
    public List<String> whole() {
        synchronized (found) {
            return found.entrySet().stream()
                    .filter(one -> one.getValue() instanceof Found.Whole)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }
    }

    /** Waits until everything that was in the topic at the start is read; returns false on timeout. */
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
                note(id, new Found.Unusable("score set " + id + " is not finished"));
            }
            case CHUNK -> chunks.add(id, score.getChunk());
            case MANIFEST -> {
                // A second manifest changes nothing: the scorer was restarted, or two scorers published the same set.
                Found assembled = assemble(id, score.getManifest());
                if (assembled instanceof Found.Whole || !(known(id) instanceof Found.Whole)) {
                    note(id, assembled);
                }
            }
            case FAILED -> {
                chunks.remove(id);
                String reason = score.getFailed().getReason();
                String start = reason.substring(0, Math.min(reason.length(), LONGEST_REASON));
                note(id, new Found.Unusable("score set " + id + " failed: " + start));
            }
            case EVENT_NOT_SET -> LOG.debug("Ignored a score message of a later version");
        }
    }

    private Found assemble(String id, ScoreSetManifest manifest) {
        Map<Integer, ScoreChunk> of = chunks.of(id);
        long there = of.values().stream().mapToLong(ScoreChunk::getScoresCount).sum();
        if (there != manifest.getCount()) {
            return new Found.Unusable("score set " + id + " is damaged: it has " + there + " of "
                    + Integer.toUnsignedLong(manifest.getCount()) + " scores");
        }
        if (bytes(manifest.getCount()) > mostBytes) {
            chunks.remove(id);
            return new Found.Unusable("score set " + id + " takes " + bytes(manifest.getCount())
                    + " bytes, dietsb.selector.scores-of-heap allows " + mostBytes);
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
