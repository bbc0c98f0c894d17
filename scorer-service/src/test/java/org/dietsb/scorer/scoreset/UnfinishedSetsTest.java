package org.dietsb.scorer.scoreset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.dietsb.scorer.wire.ScoreChunk;
import org.junit.jupiter.api.Test;

class UnfinishedSetsTest {
    private static final int LEAST_ROOM = 51;
    private final UnfinishedSets sets = new UnfinishedSets(3 * LEAST_ROOM);

    private static ScoreChunk chunk(int first, int scores) {
        return ScoreChunk.newBuilder()
                .setFirstIndex(first)
                .addAllScores(Collections.nCopies(scores, .5f))
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
    void whatIsReplacedOrRemovedTakesNoRoom() {
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
}
