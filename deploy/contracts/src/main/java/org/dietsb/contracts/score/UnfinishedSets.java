package org.dietsb.contracts.score;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.scorer.wire.ScoreChunk;

/**
 * Chunks of score sets whose manifest has not arrived, within a bound on all of them together: the oldest sets make room for a
 * chunk, but never the set that the chunk belongs to. Not thread-safe.
 */
public final class UnfinishedSets {
    /** Largest number of scores in a chunk. */
    public static final int LARGEST_CHUNK = 10_000;

    /** Memory of a chunk besides its scores, in scores. */
    private static final int OF_A_CHUNK = 50;

    private final long most;
    private final int largestSet;
    private final Map<String, TreeMap<Integer, ScoreChunk>> sets = new LinkedHashMap<>();
    private long held;

    /**
     * Creates an empty one.
     *
     * @param most number of scores it may hold, a chunk counting 50 more
     * @param largestSet number of scores that a set may have
     */
    public UnfinishedSets(long most, int largestSet) {
        this.most = most;
        this.largestSet = largestSet;
    }

    /**
     * Adds a chunk in the place of those it overlaps from its first index on.
     *
     * @throws IllegalArgumentException if its size, place, scores or labels are out of range
     */
    public void add(String id, ScoreChunk chunk) {
        check(chunk);
        TreeMap<Integer, ScoreChunk> set = sets.computeIfAbsent(id, key -> new TreeMap<>());
        int first = chunk.getFirstIndex();
        // Chunks of a scorer that died before its manifest may have been of another size.
        Map<Integer, ScoreChunk> replaced = set.subMap(first, first + chunk.getScoresCount());
        held += room(chunk) - room(replaced);
        replaced.clear();
        set.put(first, chunk);
        Iterator<Map.Entry<String, TreeMap<Integer, ScoreChunk>>> oldest =
                sets.entrySet().iterator();
        while (held > most && oldest.hasNext()) {
            Map.Entry<String, TreeMap<Integer, ScoreChunk>> other = oldest.next();
            if (!other.getKey().equals(id)) {
                held -= room(other.getValue());
                oldest.remove();
            }
        }
    }

    private void check(ScoreChunk chunk) {
        int first = chunk.getFirstIndex();
        int size = chunk.getScoresCount();
        boolean labelled = chunk.getLabelsCount() > 0;
        if (size < 1 || size > LARGEST_CHUNK || (labelled && size != chunk.getLabelsCount())) {
            throw new IllegalArgumentException(size + " scores and " + chunk.getLabelsCount()
                    + " labels, allowed is [1, " + LARGEST_CHUNK + "] of both, or no label");
        }
        if (first < 0 || first > largestSet - size) {
            throw new IllegalArgumentException("a chunk from index " + Integer.toUnsignedString(first)
                    + " on, allowed is [0, " + largestSet + ")");
        }
        for (int i = 0; i < size; i++) {
            int label = labelled ? chunk.getLabels(i) : 0;
            if (!(chunk.getScores(i) >= 0 && chunk.getScores(i) <= Float.MAX_VALUE) || label < 0) {
                throw new IllegalArgumentException("score " + chunk.getScores(i) + " of label "
                        + Integer.toUnsignedString(label) + ", allowed is 0 or more, and finite, of 0 or more");
            }
        }
    }

    /** Returns the chunks of a set by their first index. */
    public Map<Integer, ScoreChunk> of(String id) {
        return Collections.unmodifiableMap(sets.getOrDefault(id, new TreeMap<>()));
    }

    /** Removes the chunks of a set. */
    public void remove(String id) {
        TreeMap<Integer, ScoreChunk> set = sets.remove(id);
        if (set != null) {
            held -= room(set);
        }
    }

    private static long room(Map<Integer, ScoreChunk> chunks) {
        return chunks.values().stream().mapToLong(UnfinishedSets::room).sum();
    }

    private static long room(ScoreChunk chunk) {
        return (long) chunk.getScoresCount() + OF_A_CHUNK;
    }
}
