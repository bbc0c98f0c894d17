package org.dietsb.selector.diet;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.RefusalException;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Reads topic el2n-scores whole. Memory has the score sets used last, within a bound; the others are read from the topic when they are asked
 * for. Thread-safe.
 */
@ApplicationScoped
public class ScoreSets {
    private static final Logger LOG = Logger.getLogger(ScoreSets.class);
    static final String TOPIC = "el2n-scores";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Maximum number of names of sets of which it is known why they cannot be used. */
    private static final int MOST_NAMES = 10_000;

    private static final int LONGEST_REASON = 1_000;
    /** End of the key of the last message of a set. */
    private static final String ENDED = "/ended";

    /** The result of a look-up of a score set. */
    public sealed interface Found {
        /** The score set is finished; dataset is the name of its dataset. */
        record Whole(ScoreSet scores, String dataset) implements Found {}

        /** The score set cannot be used, for a reason in words. */
        record Unusable(String reason) implements Found {}
    }

    /** Used by the reading thread only. */
    private final UnfinishedSets chunks;

    private final StoredSets finished;

    /** By name, why a set cannot be used. Guarded by itself. */
    private final Map<String, String> unusable = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > MOST_NAMES;
        }
    };

    private final ReadPosition position;
    private final long mostBytes;

    @Inject
    ScoreSets(TopicEnds ends, DeadLetters deadLetters, StoredMessages stored, SelectorConfig config) {
        this(ends, deadLetters, stored, config, (long)
                (config.scoresOfHeap() * Runtime.getRuntime().maxMemory()));
    }

    /**
     * Creates an empty one.
     *
     * @param mostBytes of memory that the finished sets may take
     */
    ScoreSets(TopicEnds ends, DeadLetters deadLetters, StoredMessages stored, SelectorConfig config, long mostBytes) {
        this.chunks = new UnfinishedSets(config.unfinishedScores(), config.largestDataset());
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
        this.finished = new StoredSets(mostBytes, offset -> stored.at(TOPIC, offset));
        this.mostBytes = mostBytes;
    }

    /**
     * Looks up the score set of this name, in the topic if need be. Waits, up to a timeout, until everything that is in the topic now is
     * read.
     */
    public Found find(String id) {
        Found known = known(id);
        if (known instanceof Found.Whole) {
            return known;
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
        Optional<ScoreSetManifest> manifest = finished.manifest(id);
        if (manifest.isPresent()) {
            try {
                Optional<StoredSets.Scores> scores = finished.scores(id);
                if (scores.isPresent()) {
                    return new Found.Whole(
                            new ScoreSet(
                                    id,
                                    manifest.get().getDataset().getChecksum(),
                                    scores.get().scores(),
                                    scores.get().labels(),
                                    manifest.get().getMethod()),
                            manifest.get().getDataset().getName());
                }
            } catch (IOException unread) {
                return new Found.Unusable("score set " + id + " cannot be read: " + unread.getMessage());
            }
        }
        synchronized (unusable) {
            return new Found.Unusable(unusable.getOrDefault(id, "score set " + id + " is unknown"));
        }
    }

    private void note(String id, String reason) {
        finished.remove(id);
        synchronized (unusable) {
            unusable.remove(id);
            unusable.put(id, reason);
        }
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

    /**
     * Returns what the scores of a policy cost; nothing if it needs none, or uses those of the run's own epochs; empty if it is not known.
     */
    public Optional<ScoringCost> cost(Policy policy) {
        String id = policy.scoreSet();
        if (id == null || policy.ownEpochs() > 0) {
            return Optional.of(new ScoringCost(0, 0));
        }
        return finished.manifest(id).map(set -> new ScoringCost(set.getSeconds(), set.getExamplesTrained()));
    }

    /** Returns the names of the finished score sets, in order. */
    public List<String> whole() {
        return finished.names().stream().sorted().toList();
    }

    /** Returns a score set of this training set that has labels, the newest that can be read; empty if there is none. */
    public Optional<ScoreSet> labelled(int examples, String fingerprint) {
        return newest(examples, fingerprint, any -> true, set -> set.labels().length > 0);
    }

    /** Returns an EL2N score set of this training set, the newest that can be read; empty if there is none. */
    public Optional<ScoreSet> el2n(int examples, String fingerprint) {
        return newest(examples, fingerprint, set -> set.getMethod().isEmpty(), any -> true);
    }

    private Optional<ScoreSet> newest(
            int examples, String fingerprint, Predicate<ScoreSetManifest> ofKind, Predicate<ScoreSet> wanted) {
        List<String> names = new ArrayList<>(finished.names());
        Collections.reverse(names);
        return names.stream()
                .filter(id -> finished.manifest(id)
                        .filter(set -> set.getDataset().getChecksum().equals(fingerprint) && ofKind.test(set))
                        .isPresent())
                .map(this::known)
                .filter(found -> found instanceof Found.Whole)
                .map(found -> ((Found.Whole) found).scores())
                .filter(set -> set.isOf(examples, fingerprint) && wanted.test(set))
                .findFirst();
    }

    /** Waits until everything that was in the topic at the start is read; returns false on timeout. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitCaughtUp(timeout);
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> {
            if (message.key() != null && message.value() == null) {
                deleted(message.key());
            } else {
                accept(ScoreMessage.parseFrom(value), message.offset());
            }
        });
    }

    /** A set is deleted with the message that ended it. */
    private void deleted(String key) {
        if (key.endsWith(ENDED)) {
            String id = key.substring(0, key.length() - ENDED.length());
            chunks.remove(id);
            finished.remove(id);
            synchronized (unusable) {
                unusable.remove(id);
            }
        }
    }

    private void accept(ScoreMessage score, long offset) {
        String id = score.getScoreSet();
        if (score.getEventCase() != ScoreMessage.EventCase.EVENT_NOT_SET) {
            RunId.check("score set", id);
        }
        switch (score.getEventCase()) {
            case REQUESTED -> {
                chunks.remove(id);
                note(id, "score set " + id + " is not finished");
            }
            case CHUNK -> {
                chunks.add(id, score.getChunk());
                finished.lies(id, score.getChunk().getFirstIndex(), offset);
            }
            case MANIFEST -> {
                // A second manifest changes nothing: the scorer was restarted, or two scorers published the same set.
                String flaw = finish(id, score.getManifest());
                if (!flaw.isEmpty() && finished.manifest(id).isEmpty()) {
                    note(id, flaw);
                }
            }
            case FAILED -> {
                chunks.remove(id);
                String reason = score.getFailed().getReason();
                String start = reason.substring(0, Math.min(reason.length(), LONGEST_REASON));
                note(id, "score set " + id + " failed: " + start);
            }
            case EVENT_NOT_SET -> LOG.debug("Ignored a score message of a later version");
        }
    }

    /** Takes a set whose manifest has arrived; returns why it cannot be used, or nothing. */
    private String finish(String id, ScoreSetManifest manifest) {
        Map<Integer, ScoreChunk> of = chunks.of(id);
        long there = of.values().stream().mapToLong(ScoreChunk::getScoresCount).sum();
        if (there != manifest.getCount()) {
            return "score set " + id + " is damaged: it has " + there + " of "
                    + Integer.toUnsignedLong(manifest.getCount()) + " scores";
        }
        long bytes = StoredSets.bytes(manifest.getCount());
        StoredSets.Scores scores = bytes > mostBytes ? null : StoredSets.assembled(manifest, of.values());
        if (scores != null) {
            finished.finish(id, manifest, scores, Set.copyOf(of.keySet()));
        }
        chunks.remove(id);
        if (bytes > mostBytes) {
            return "score set " + id + " takes " + bytes + " bytes, dietsb.selector.scores-of-heap allows " + mostBytes;
        }
        return scores == null ? "score set " + id + " is damaged: its checksum is not its manifest's" : "";
    }
}
