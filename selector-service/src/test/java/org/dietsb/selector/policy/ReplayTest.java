package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplayTest {

    private static int[] epochs(int theirs, int ours) {
        Replay replay = new Replay(theirs);
        return IntStream.rangeClosed(1, ours)
                .map(epoch -> replay.epoch(epoch, ours))
                .toArray();
    }

    @Test
    void usesTheSameEpochIfTheNumbersOfEpochsAreEqual() {
        assertThat(epochs(5, 5)).containsExactly(1, 2, 3, 4, 5);
        assertThat(new Replay(100_000).epoch(100_000, 100_000)).isEqualTo(100_000);
    }

    @Test
    void usesTheEpochThatContainsTheMiddle() {
        assertThat(epochs(2, 4)).containsExactly(1, 1, 2, 2);
        assertThat(epochs(3, 5)).containsExactly(1, 1, 2, 3, 3);
        assertThat(epochs(5, 3)).containsExactly(1, 3, 5);
        assertThat(epochs(10, 1)).containsExactly(6);
    }

    @Test
    void staysAtTheLastEpochIfThereAreMoreThanOrdered() {
        assertThat(new Replay(4).epoch(9, 4)).isEqualTo(4);
    }

    @Test
    void selectsByIndexIndependentOfTheBatch() {
        BitSet selected = BitSet.valueOf(new long[] {0b1010_0110});
        assertThat(Replay.select(new int[] {7, 0, 2}, selected)).isEqualTo(BitSet.valueOf(new long[] {0b101}));
        assertThat(Replay.select(new int[] {0, 3}, selected).isEmpty()).isTrue();
    }
}
