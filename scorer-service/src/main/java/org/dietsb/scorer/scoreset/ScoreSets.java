package org.dietsb.scorer.scoreset;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.score.UnfinishedSets;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreSetManifest;

/** The finished score sets of topic el2n-scores, and the chunks of unfinished ones. Thread-safe. */
@Singleton
public class ScoreSets {
    private final UnfinishedSets chunks;
    private final Map<String, ScoreSet> whole = new LinkedHashMap<>();

    @Inject
    ScoreSets(ScorerConfig config) {
        this(config.largestDataset(), config.unfinishedScores());
    }

    /**
     * Creates an empty collection.
     *
     * @param largestSet largest number of scores of a set
     * @param unfinishedScores largest number of scores held of unfinished sets
     */
    public ScoreSets(int largestSet, int unfinishedScores) {
        this.chunks = new UnfinishedSets(unfinishedScores, largestSet);
    }

    /** The result of a manifest. */
    public sealed interface Finished {
        record Whole(ScoreSet set) implements Finished {}

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

    public synchronized Finished finish(String id, ScoreSetManifest manifest) {
        ScoreSet known = whole.get(id);
        if (known != null && known.manifest().checksum().equals(manifest.getChecksum())) {
            // Published twice, by two scorers: the chunks of the second may have arrived before the manifest of the
            // first.
            chunks.remove(id);
            return new Finished.Whole(known);
        }
        Finished finished = assemble(id, manifest, chunks.of(id));
        chunks.remove(id);
        if (finished instanceof Finished.Whole set) {
            whole.put(id, set.set());
        } else {
            whole.remove(id);
        }
        return finished;
    }

    public synchronized List<ScoreSet> all() {
        return List.copyOf(whole.values());
    }

    public synchronized Optional<ScoreSet> find(String id) {
        return Optional.ofNullable(whole.get(id));
    }

    private static Finished assemble(String id, ScoreSetManifest manifest, Map<Integer, ScoreChunk> chunks) {
        int held = chunks.values().stream().mapToInt(ScoreChunk::getScoresCount).sum();
        if (held != manifest.getCount()) {
            return new Finished.Damaged(
                    "its chunks hold " + held + " scores, its manifest says " + manifest.getCount());
        }
        float[] scores = new float[held];
        int[] labels = new int[held];
        int at = 0;
        for (ScoreChunk chunk : chunks.values()) {
            if (chunk.getFirstIndex() != at || chunk.getScoresCount() != chunk.getLabelsCount()) {
                return new Finished.Damaged("its chunk from index " + at + " is missing or uneven");
            }
            for (int i = 0; i < chunk.getScoresCount(); i++, at++) {
                scores[at] = chunk.getScores(i);
                labels[at] = chunk.getLabels(i);
            }
        }
        if (!Sha256.hex(scores).equals(manifest.getChecksum())) {
            return new Finished.Damaged("its scores do not have the manifest's checksum");
        }
        return new Finished.Whole(new ScoreSet(ScoreSetWire.manifest(id, manifest), scores, labels));
    }
}
