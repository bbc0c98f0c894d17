package org.dietsb.contracts.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import org.dietsb.scorer.wire.ScoreChunk;
import org.junit.jupiter.api.Test;

class UnfinishedSetsTest {
    private static final int LEAST_ROOM = 51;
    private final UnfinishedSets sets = new UnfinishedSets(3 * LEAST_ROOM, 100);

    private static ScoreChunk chunk(int first, int scores) {
        return chunk(first, scores, .5f);
    }

    private static ScoreChunk chunk(int first, int scores, float score) {
        return ScoreChunk.newBuilder()
                .setFirstIndex(first)
                .addAllScores(Collections.nCopies(scores, score))
                .addAllLabels(Collections.nCopies(scores, 1))
                .build();
    }

    @Test
    void theOldestSetMakesRoom() {
        for (String id : new String[] {"a", "b", "c", "d"}) {
            sets.add(id, chunk(0, 1));
        }
        assertThat(sets.of("a")).isEmpty();
        assertThat(sets.of("b")).hasSize(1);
        assertThat(sets.of("d")).hasSize(1);
    }

    @Test
    void aSetMakesNoRoomForItself() {
        sets.add("a", chunk(0, 1));
        for (int first = 0; first < 9; first++) {
            sets.add("large", chunk(first, 1));
        }
        assertThat(sets.of("large")).hasSize(9);
        assertThat(sets.of("a")).isEmpty();
    }

    @Test
    void replacedAndRemovedChunksTakeNoRoom() {
        sets.add("a", chunk(0, 1));
        sets.add("b", chunk(0, 1));
        sets.add("b", chunk(1, 1));
        sets.add("b", chunk(0, 2));
        assertThat(sets.of("b")).containsOnlyKeys(0);
        sets.remove("b");
        sets.add("c", chunk(0, 1));
        sets.add("d", chunk(0, 1));
        assertThat(sets.of("a")).as("three chunks are held").hasSize(1);
    }

    @Test
    void rejectsChunksOutOfRange() {
        assertThatThrownBy(() -> sets.add("a", chunk(0, 0)))
                .hasMessage("0 scores and 0 labels, allowed is [1, 10000] of both, or no label");
        assertThatThrownBy(() -> sets.add(
                        "a", chunk(0, 2).toBuilder().clearLabels().addLabels(1).build()))
                .hasMessage("2 scores and 1 labels, allowed is [1, 10000] of both, or no label");
        assertThatThrownBy(() -> sets.add("a", chunk(99, 2)))
                .hasMessage("a chunk from index 99 on, allowed is [0, 100)");
        assertThatThrownBy(() -> sets.add("a", chunk(-1, 1)))
                .hasMessage("a chunk from index 4294967295 on, allowed is [0, 100)");
        assertThatThrownBy(() -> sets.add("a", chunk(0, 1, -.5f)))
                .hasMessage("score -0.5 of label 1, allowed is 0 or more, and finite, of 0 or more");
        assertThatThrownBy(() -> sets.add("a", chunk(0, 1, Float.NaN))).hasMessageStartingWith("score NaN");
        assertThat(sets.of("a")).isEmpty();
    }

    @Test
    void takesChunksWithoutLabels() {
        sets.add("a", chunk(0, 2).toBuilder().clearLabels().build());
        assertThat(sets.of("a")).containsOnlyKeys(0);
    }
}
