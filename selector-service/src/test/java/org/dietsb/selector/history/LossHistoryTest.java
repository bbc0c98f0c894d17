package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LossHistoryTest {

    @Test
    void keepsTheLastLossesInOrder() {
        LossHistory history = new LossHistory(4);
        history.append(new float[] {1, 2, 3});
        history.append(new float[] {4, 5, 6});
        assertThat(history.with(new float[0], 4)).containsExactly(3, 4, 5, 6);
        assertThat(history.with(new float[] {7}, 4)).containsExactly(4, 5, 6, 7);
        assertThat(history.with(new float[] {7}, 2)).containsExactly(6, 7);
        assertThat(history.with(new float[] {7, 8, 9, 10, 11}, 4)).containsExactly(8, 9, 10, 11);
    }

    @Test
    void isAsLongAsWhatItWasGivenUntilItIsFull() {
        LossHistory history = new LossHistory(4);
        assertThat(history.with(new float[0], 4)).isEmpty();
        history.append(new float[] {1});
        assertThat(history.with(new float[] {2}, 4)).containsExactly(1, 2);
    }

    @Test
    void refusesToRememberNothing() {
        assertThatThrownBy(() -> new LossHistory(0)).hasMessage("historySize is 0, allowed is 1 or more");
    }
}
