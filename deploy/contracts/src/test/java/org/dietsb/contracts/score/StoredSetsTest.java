package org.dietsb.contracts.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.dietsb.contracts.Sha256;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.junit.jupiter.api.Test;

class StoredSetsTest {
    private final Map<Long, byte[]> topic = new HashMap<>();
    private final List<Long> read = new ArrayList<>();
    private final StoredSets sets = new StoredSets(100, offset -> {
        read.add(offset);
        return Optional.ofNullable(topic.get(offset));
    });

    /** Writes a set of six scores, 48 bytes, from an offset on. */
    private void write(String id, long offset, float lowest) {
        float[] scores = new float[6];
        List<ScoreChunk> chunks = new ArrayList<>();
        for (int first = 0; first < 6; first += 2) {
            ScoreChunk.Builder chunk = ScoreChunk.newBuilder().setFirstIndex(first);
            for (int i = first; i < first + 2; i++) {
                scores[i] = lowest + i / 8f;
                chunk.addScores(scores[i]).addLabels(i);
            }
            chunks.add(chunk.build());
            topic.put(
                    offset + first,
                    ScoreMessage.newBuilder()
                            .setScoreSet(id)
                            .setChunk(chunk)
                            .build()
                            .toByteArray());
            sets.lies(id, first, offset + first);
        }
        ScoreSetManifest manifest = ScoreSetManifest.newBuilder()
                .setCount(6)
                .setChecksum(Sha256.hex(scores))
                .build();
        sets.finish(id, manifest, Objects.requireNonNull(StoredSets.assembled(manifest, chunks)), Set.of(0, 2, 4));
    }

    private StoredSets.Scores scores(String id) throws IOException {
        return sets.scores(id).orElseThrow();
    }

    @Test
    void setThatWasNotUsedForLongestIsReadFromTheTopic() throws Exception {
        for (String id : List.of("first", "second", "third")) {
            write(id, id.length() * 100L, id.length() / 32f);
            assertThat(scores("first").scores()[0]).isEqualTo(5 / 32f);
        }
        assertThat(read).as("the first was always used").isEmpty();
        assertThat(sets.names()).containsExactly("first", "second", "third");
        assertThat(scores("second").scores()).startsWith(6 / 32f, 6 / 32f + 1 / 8f);
        assertThat(scores("second").labels()).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(read).as("once").containsExactly(600L, 602L, 604L);
    }

    @Test
    void thousandsOfSetsTakeTheMemoryOfTwo() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            write("set-" + i, 10L * i, .1f);
        }
        for (int i = 0; i < 2_000; i++) {
            assertThat(scores("set-" + i).scores()).hasSize(6);
        }
        assertThat(new HashSet<>(read)).as("all but two had to be read").hasSize(3 * 2_000);
    }

    @Test
    void chunkIsReadFromItsLastPlaceAndASetThatChangedIsRefused() throws Exception {
        write("a", 0, .1f);
        write("b", 10, .1f);
        write("c", 20, .1f);
        byte[] chunk = Objects.requireNonNull(topic.remove(2L));
        assertThatThrownBy(() -> sets.scores("a"))
                .isInstanceOf(IOException.class)
                .hasMessage("score set a is being replaced or deleted");
        topic.put(40L, chunk);
        sets.lies("a", 2, 40);
        assertThat(scores("a").scores()).hasSize(6);
        write("b", 10, .2f);
        write("c", 20, .2f);
        topic.put(0L, Objects.requireNonNull(topic.get(10L)));
        assertThatThrownBy(() -> sets.scores("a"))
                .hasMessage("score set a is damaged: its checksum is not its manifest's");
        sets.remove("a");
        assertThat(sets.scores("a")).isEmpty();
        assertThat(sets.manifest("a")).isEmpty();
    }

    @Test
    void setWhosePlaceIsUnknownStaysInMemory() throws Exception {
        ScoreSetManifest manifest = ScoreSetManifest.newBuilder().setCount(6).build();
        sets.finish("odd", manifest, new StoredSets.Scores(new float[6], new int[6]), Set.of(0, 2, 4));
        write("b", 10, .2f);
        write("c", 20, .2f);
        assertThat(scores("odd").scores()).hasSize(6);
        assertThat(read).isEmpty();
    }
}
