package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastLossesTest {

    @Test
    void keepsOnlyTheLastLossOfEachExample() {
        // Given
        LastLosses losses = new LastLosses(10_000);

        // When
        losses.note(new int[] {0, 9_999, 4_096}, new float[] {1, 2, 3});
        losses.note(new int[] {4_096}, new float[] {0});

        // Then
        assertThat(losses.of(new int[] {0, 4_096, 9_999})).containsExactly(1, 0, 2);
        assertThat(losses.of(new int[] {1, 4_095, 8_000})).containsOnly(Float.NaN);
    }

    @Test
    void knowsWhichLossesWereBelowTheMeanOfTheirStep() {
        // Given: a loss of 0 may be below a mean too.
        LastLosses losses = new LastLosses(5);
        BitSet below = new BitSet();
        below.set(0, 2);
        losses.note(new int[] {4, 1, 2}, new float[] {.5f, 0, 2}, below);

        // Then: elsewhere the losses are the same.
        assertThat(IntStream.range(0, 5).filter(index -> isBelowMean(losses, index)))
                .containsExactly(1, 4);
        assertThat(losses.of(new int[] {1, 2, 4})).containsExactly(0f, 2f, .5f);
        assertThat(losses.of(3)).isNaN();

        // And: the signed value carries both.
        LastLosses again = new LastLosses(5);
        IntStream.range(0, 5).forEach(index -> again.note(index, losses.signed(index)));
        assertThat(IntStream.range(0, 5).filter(index -> isBelowMean(again, index)))
                .containsExactly(1, 4);
        losses.note(new int[] {1}, new float[] {3});
        assertThat(isBelowMean(losses, 1)).isFalse();
    }

    /** Whether the signed loss is negative; -0 is, too. */
    private static boolean isBelowMean(LastLosses losses, int index) {
        return Math.copySign(1, losses.signed(index)) < 0;
    }

    @Test
    void findsTheNextExampleWithALoss() {
        LastLosses losses = new LastLosses(10_000);
        assertThat(losses.next(0)).isEqualTo(10_000);
        losses.note(9_000, 1);
        losses.note(4_096, 0);
        assertThat(losses.next(0)).isEqualTo(4_096);
        assertThat(losses.next(4_096)).isEqualTo(4_096);
        assertThat(losses.next(4_097)).isEqualTo(9_000);
        assertThat(losses.next(9_001)).isEqualTo(10_000);
        assertThat(losses.next(10_000)).isEqualTo(10_000);
        assertThat(new LastLosses(Integer.MAX_VALUE).next(1)).isEqualTo(Integer.MAX_VALUE);
    }
}
