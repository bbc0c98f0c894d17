package org.dietsb.scorer.scoreset;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.scorer.ScorerConfig;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreSetManifest;

/** Every score set that is whole, and the chunks of those that are not yet, as topic el2n-scores tells them. Thread-safe. */
@Singleton
public class ScoreSets {
    /** The square root of 2, rounded up. */
    private static final float LARGEST_SCORE = 1.414215f;

    private final int largestSet;
    private final UnfinishedSets chunks;
    private final Map<String, ScoreSet> whole = new LinkedHashMap<>();

    @Inject
    ScoreSets(ScorerConfig config) {
        this(config.largestDataset(), config.unfinishedScores());
    }

    /** For sets of so many scores; of those that are not whole yet so many scores are held. */
    public ScoreSets(int largestSet, int unfinishedScores) {
        this.largestSet = largestSet;
        this.chunks = new UnfinishedSets(unfinishedScores);
    }

    /** What became of the chunks when their manifest came. */
    public sealed interface Finished {
        record Whole(ScoreSet set) implements Finished {}

        /** Why the chunks do not make up the manifest, in words. */
        record Damaged(String reason) implements Finished {}
    }

    /** A scoring begins (anew): whatever was there of its set counts no longer. */
    public synchronized void begin(String id) {
        chunks.remove(id);
        whole.remove(id);
    }

    public synchronized void add(String id, ScoreChunk chunk) {
        check(chunk);
        chunks.add(id, chunk);
    }

    private void check(ScoreChunk chunk) {
        int first = chunk.getFirstIndex();
        int size = chunk.getScoresCount();
        if (size < 1 || size > ScoreSetWire.LARGEST_CHUNK || size != chunk.getLabelsCount()) {
            throw new IllegalArgumentException(size + " scores and " + chunk.getLabelsCount()
                    + " labels, allowed is [1, " + ScoreSetWire.LARGEST_CHUNK + "] of both");
        }
        if (first < 0 || first > largestSet - size) {
            throw new IllegalArgumentException("a chunk from index " + Integer.toUnsignedString(first)
                    + " on, allowed is [0, " + largestSet + ")");
        }
        for (int i = 0; i < size; i++) {
            if (!(chunk.getScores(i) >= 0 && chunk.getScores(i) <= LARGEST_SCORE) || chunk.getLabels(i) < 0) {
                throw new IllegalArgumentException("score " + chunk.getScores(i) + " of label "
                        + Integer.toUnsignedString(chunk.getLabels(i)) + ", allowed is [0, sqrt 2], of 0 or more");
            }
        }
    }

    public synchronized Finished finish(String id, ScoreSetManifest manifest) {
        ScoreSet known = whole.get(id);
        if (known != null && known.manifest().checksum().equals(manifest.getChecksum())) {
            // Published twice, as by two scorers: the second one's chunks may have come before the first one's
            // manifest.
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
        if (!ScoreSet.checksum(scores).equals(manifest.getChecksum())) {
            return new Finished.Damaged("its scores do not have the manifest's checksum");
        }
        return new Finished.Whole(new ScoreSet(ScoreSetWire.manifest(id, manifest), scores, labels));
    }
}
