package org.dietsb.selector.diet;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.scorer.wire.ScoreChunk;

/**
 * Chunks of score sets whose end has not come, within a bound on all of them: the oldest sets make room for a chunk, but never
 * the set that the chunk is of. One thread.
 */
final class UnfinishedSets {
    /** What a chunk takes besides its scores, in scores. */
    private static final int OF_A_CHUNK = 50;

    private final long most;
    private final Map<String, TreeMap<Integer, ScoreChunk>> sets = new LinkedHashMap<>();
    private long held;

    /** With room for so many scores, a chunk counting 50 more. */
    UnfinishedSets(long most) {
        this.most = most;
    }

    /** Puts a chunk in the place of those it overlaps from its first index on. */
    void add(String id, ScoreChunk chunk) {
        TreeMap<Integer, ScoreChunk> set = sets.computeIfAbsent(id, key -> new TreeMap<>());
        int first = chunk.getFirstIndex();
        // Those of a scorer that died before its manifest may have been of another size.
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

    /** The chunks of a set by their first index; none if there are none. */
    Map<Integer, ScoreChunk> of(String id) {
        return Collections.unmodifiableMap(sets.getOrDefault(id, new TreeMap<>()));
    }

    /** Forgets the chunks of a set. */
    void remove(String id) {
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
