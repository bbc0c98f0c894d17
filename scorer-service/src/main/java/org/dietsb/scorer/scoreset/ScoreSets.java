package org.dietsb.scorer.scoreset;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dietsb.contracts.score.StoredSets;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreSetManifest;

/**
 * The finished score sets of topic el2n-scores, most of them in the topic only, and the chunks of unfinished ones. Thread-safe.
 */
@Singleton
public class ScoreSets {
    private static final String TOPIC = "el2n-scores";

    private final UnfinishedSets chunks;
    private final StoredSets whole;

    @Inject
    ScoreSets(ScorerConfig config, StoredMessages stored) {
        this(
                config.largestDataset(),
                config.unfinishedScores(),
                new StoredSets(
                        (long) (config.scoresOfHeap() * Runtime.getRuntime().maxMemory()),
                        offset -> stored.at(TOPIC, offset)));
    }

    /**
     * Creates an empty collection.
     *
     * @param largestSet largest number of scores of a set
     * @param unfinishedScores largest number of scores held of unfinished sets
     * @param whole will have the finished sets
     */
    public ScoreSets(int largestSet, int unfinishedScores, StoredSets whole) {
        this.chunks = new UnfinishedSets(unfinishedScores, largestSet);
        this.whole = whole;
    }

    /** The result of a manifest. */
    public sealed interface Finished {
        record Whole(ScoreSet.Manifest manifest) implements Finished {}

        /** The chunks do not match the manifest. */
        record Damaged(String reason) implements Finished {}
    }

    /** Discards the set of a scoring that begins, or begins again. */
    public synchronized void begin(String id) {
        chunks.remove(id);
        whole.remove(id);
    }

    public synchronized void add(String id, ScoreChunk chunk) {
        chunks.add(id, chunk);
    }

    /** Notes where in the topic a chunk lies. */
    public void lies(String id, ScoreChunk chunk, long offset) {
        whole.lies(id, chunk.getFirstIndex(), offset);
    }

    public synchronized Finished finish(String id, ScoreSetManifest manifest) {
        Optional<ScoreSetManifest> known = whole.manifest(id);
        if (known.isPresent() && known.get().getChecksum().equals(manifest.getChecksum())) {
            // Published twice, by two scorers: the chunks of the second may have arrived before the manifest of the
            // first.
            chunks.remove(id);
            return new Finished.Whole(ScoreSetWire.manifest(id, known.get()));
        }
        Finished finished = assemble(id, manifest, chunks.of(id));
        chunks.remove(id);
        if (finished instanceof Finished.Damaged) {
            whole.remove(id);
        }
        return finished;
    }

    private Finished assemble(String id, ScoreSetManifest manifest, Map<Integer, ScoreChunk> chunks) {
        int held = chunks.values().stream().mapToInt(ScoreChunk::getScoresCount).sum();
        if (held != manifest.getCount()) {
            return new Finished.Damaged(
                    "its chunks hold " + held + " scores, its manifest says " + manifest.getCount());
        }
        StoredSets.Scores scores = StoredSets.assembled(manifest, chunks.values());
        if (scores == null) {
            return new Finished.Damaged("its scores do not have the manifest's checksum");
        }
        whole.finish(id, manifest, scores, Set.copyOf(chunks.keySet()));
        return new Finished.Whole(ScoreSetWire.manifest(id, manifest));
    }

    /** Returns every finished set without its scores, oldest first. */
    public List<ScoreSet.Manifest> all() {
        return whole.names().stream().flatMap(id -> manifest(id).stream()).toList();
    }

    /** Returns a finished set without its scores. */
    public Optional<ScoreSet.Manifest> manifest(String id) {
        return whole.manifest(id).map(wire -> ScoreSetWire.manifest(id, wire));
    }

    /** Returns the first indices of the chunks of a set. */
    public List<Integer> chunks(String id) {
        return whole.chunks(id);
    }

    /**
     * Returns a finished set, read from the topic if need be.
     *
     * @throws UncheckedIOException if it cannot be read now
     */
    public Optional<ScoreSet> find(String id) {
        try {
            Optional<ScoreSet.Manifest> manifest = manifest(id);
            return manifest.isEmpty()
                    ? Optional.empty()
                    : whole.scores(id).map(all -> new ScoreSet(manifest.get(), all.scores(), all.labels()));
        } catch (IOException unread) {
            throw new UncheckedIOException(unread.getMessage(), unread);
        }
    }
}
