package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastLossesTest {

    @Test
    void knowsOfEachExampleItsLastLossAlone() {
        // Given
        LastLosses losses = new LastLosses(10_000);

        // When
        losses.note(new int[] {0, 9_999, 4_096}, new float[] {1, 2, 3});
        losses.note(new int[] {4_096}, new float[] {0});

        // Then
        assertThat(losses.of(new int[] {0, 4_096, 9_999})).containsExactly(1, 0, 2);
        assertThat(losses.of(new int[] {1, 4_095, 8_000})).containsOnly(Float.NaN);
    }
}
