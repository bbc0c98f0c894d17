package org.dietsb.contracts.score;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.dietsb.contracts.MessageAt;
import org.dietsb.contracts.Sha256;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.jspecify.annotations.Nullable;

/**
 * The finished score sets of topic el2n-scores: the scores of those that were used last, within a bound on their memory, and of all others
 * where in the topic they lie, from which they are read when they are asked for. Thread-safe.
 */
public final class StoredSets {
    /** Maximum number of sets, and of names whose chunks are noted; the oldest are forgotten. */
    private static final int MOST = 10_000;
    /** The square root of 2, rounded up. */
    private static final float LARGEST_EL2N = 1.414215f;

    private final long mostBytes;
    private final MessageAt topic;
    /** One set is read at a time, so that memory holds no more than one besides the bound. */
    private final Object reading = new Object();

    /** Offsets of chunks by their first index. */
    private final Map<String, TreeMap<Integer, Long>> places = new LinkedHashMap<>();

    /** Oldest first. */
    private final Map<String, Finished> sets = new LinkedHashMap<>();
    /** The one used last is at the end. */
    private final Map<String, Scores> inMemory = new LinkedHashMap<>(16, .75f, true);

    private long bytes;

    /**
     * The scores of a set.
     *
     * @param scores [N], 0 or more; EL2N is in [0, sqrt 2]
     * @param labels [N], classes from 0; empty if the set has none
     */
    public record Scores(float[] scores, int[] labels) {
        /** Returns the memory that they take. */
        long bytes() {
            return StoredSets.bytes(scores.length);
        }
    }

    /**
     * A finished set.
     *
     * @param chunks first indices and offsets of its chunks; fewer than it has if they are not known, so that it stays in memory
     */
    private record Finished(ScoreSetManifest manifest, TreeMap<Integer, Long> chunks, int count) {
        boolean isInTopic() {
            return chunks.size() == count;
        }
    }

    /**
     * Creates an empty collection.
     *
     * @param mostBytes of memory that the scores may take
     */
    public StoredSets(long mostBytes, MessageAt topic) {
        this.mostBytes = mostBytes;
        this.topic = topic;
    }

    /** Returns the memory that this many scores take. */
    public static long bytes(int scores) {
        return (Float.BYTES + Integer.BYTES) * (long) scores;
    }

    /** Notes where a chunk lies; a later place of the same chunk replaces an earlier one, which may be compacted away. */
    public synchronized void lies(String id, int first, long offset) {
        places.computeIfAbsent(id, name -> new TreeMap<>()).put(first, offset);
        dropOldest(places);
    }

    private static void dropOldest(Map<String, ?> names) {
        if (names.size() > MOST) {
            Iterator<String> oldest = names.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /**
     * Takes a finished set in place of the one with its name.
     *
     * @param firsts the first indices of its chunks
     */
    public synchronized void finish(String id, ScoreSetManifest manifest, Scores scores, Set<Integer> firsts) {
        TreeMap<Integer, Long> chunks = places.computeIfAbsent(id, name -> new TreeMap<>());
        chunks.keySet().retainAll(firsts);
        sets.put(id, new Finished(manifest, chunks, firsts.size()));
        hold(id, scores);
        if (sets.size() > MOST) {
            remove(sets.keySet().iterator().next());
        }
    }

    private void hold(String id, Scores scores) {
        Scores before = inMemory.put(id, scores);
        bytes += scores.bytes() - (before == null ? 0 : before.bytes());
        Iterator<Map.Entry<String, Scores>> oldest = inMemory.entrySet().iterator();
        while (bytes > mostBytes && oldest.hasNext()) {
            Map.Entry<String, Scores> one = oldest.next();
            Finished set = sets.get(one.getKey());
            if (set == null || set.isInTopic()) {
                bytes -= one.getValue().bytes();
                oldest.remove();
            }
        }
    }

    /** Forgets a set. */
    public synchronized void remove(String id) {
        sets.remove(id);
        places.remove(id);
        Scores held = inMemory.remove(id);
        bytes -= held == null ? 0 : held.bytes();
    }

    /** Returns the names of all sets, oldest first. */
    public synchronized List<String> names() {
        return List.copyOf(sets.keySet());
    }

    /** Returns what is known of a set without its scores; empty if there is no such set. */
    public synchronized Optional<ScoreSetManifest> manifest(String id) {
        return Optional.ofNullable(sets.get(id)).map(Finished::manifest);
    }

    /** Returns the first indices of the chunks of a set, or of what there is of an unfinished one. */
    public synchronized List<Integer> chunks(String id) {
        return List.copyOf(places.getOrDefault(id, new TreeMap<>()).keySet());
    }

    /**
     * Returns the scores of a set, from the topic if need be; empty if there is no such set.
     *
     * @throws IOException if they cannot be read now
     */
    public Optional<Scores> scores(String id) throws IOException {
        Optional<Scores> held = inMemory(id);
        if (held.isPresent() || manifest(id).isEmpty()) {
            return held;
        }
        synchronized (reading) {
            // Someone else may have read it meanwhile.
            Optional<Scores> now = inMemory(id);
            return now.isPresent() ? now : read(id);
        }
    }

    private synchronized Optional<Scores> inMemory(String id) {
        return Optional.ofNullable(inMemory.get(id));
    }

    private Optional<Scores> read(String id) throws IOException {
        Finished set;
        List<Long> offsets;
        synchronized (this) {
            set = sets.get(id);
            offsets = set == null ? List.of() : new ArrayList<>(set.chunks.values());
        }
        if (set == null) {
            return Optional.empty();
        }
        Scores scores = assemble(id, set.manifest, offsets);
        synchronized (this) {
            if (sets.get(id) == set) {
                hold(id, scores);
            }
        }
        return Optional.of(scores);
    }

    private Scores assemble(String id, ScoreSetManifest manifest, List<Long> offsets) throws IOException {
        Assembly assembly = new Assembly(manifest.getCount());
        boolean fits = true;
        for (long offset : offsets) {
            Optional<byte[]> message = topic.read(offset);
            if (message.isEmpty()) {
                throw new IOException("score set " + id + " is being replaced or deleted");
            }
            try {
                fits &= assembly.add(ScoreMessage.parseFrom(message.get()).getChunk());
            } catch (InvalidProtocolBufferException damaged) {
                throw new IOException("score set " + id + " is damaged: " + damaged.getMessage(), damaged);
            }
        }
        Scores scores = fits ? assembly.finished(manifest) : null;
        if (scores == null) {
            throw new IOException("score set " + id + " is damaged: its checksum is not its manifest's");
        }
        return scores;
    }

    /** Puts the chunks of a set together; returns null if they are not those that its manifest describes. */
    public static @Nullable Scores assembled(ScoreSetManifest manifest, Iterable<ScoreChunk> chunks) {
        Assembly assembly = new Assembly(manifest.getCount());
        for (ScoreChunk chunk : chunks) {
            if (!assembly.add(chunk)) {
                return null;
            }
        }
        return assembly.finished(manifest);
    }

    /** The scores of a set as far as its chunks have come, in their order. */
    private static final class Assembly {
        private final float[] scores;
        /** Empty if the chunks have no labels. */
        private int[] labels = {};

        private int at;

        Assembly(int count) {
            this.scores = new float[count];
        }

        /** Takes the next chunk; returns false if it is another one. */
        boolean add(ScoreChunk chunk) {
            boolean labelled = chunk.getLabelsCount() > 0;
            if (chunk.getFirstIndex() != at
                    || at + chunk.getScoresCount() > scores.length
                    || (labelled && chunk.getScoresCount() != chunk.getLabelsCount())
                    || (at > 0 && labelled != labels.length > 0)) {
                return false;
            }
            if (at == 0 && labelled) {
                labels = new int[scores.length];
            }
            for (int i = 0; i < chunk.getScoresCount(); i++, at++) {
                scores[at] = chunk.getScores(i);
                if (labelled) {
                    labels[at] = chunk.getLabels(i);
                }
            }
            return true;
        }

        @Nullable
        Scores finished(ScoreSetManifest manifest) {
            boolean whole = at == scores.length && Sha256.hex(scores).equals(manifest.getChecksum());
            return whole && isInRange(manifest) ? new Scores(scores, labels) : null;
        }

        private boolean isInRange(ScoreSetManifest manifest) {
            if (manifest.getMethod().isEmpty()) {
                for (float score : scores) {
                    if (score > LARGEST_EL2N) {
                        return false;
                    }
                }
            }
            return true;
        }
    }
}
