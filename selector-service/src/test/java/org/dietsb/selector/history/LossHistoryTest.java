package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
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
    void growsUntilItIsFull() {
        LossHistory history = new LossHistory(4);
        assertThat(history.with(new float[0], 4)).isEmpty();
        history.append(new float[] {1});
        assertThat(history.with(new float[] {2}, 4)).containsExactly(1, 2);
    }

    @Test
    void countsBelowLikeANaiveCount() {
        for (int capacity : new int[] {1, 8, 1_024, 20_000}) {
            Random random = new Random(capacity);
            LossHistory history = new LossHistory(capacity);
            int size = capacity;
            for (int step = 0; step < 200; step++) {
                float[] losses = losses(random, 1 + random.nextInt(step % 10 == 0 ? Math.min(2 * size, 2_000) : 40));
                if (step % 50 == 49) {
                    size = 1 + random.nextInt(capacity);
                }
                if (random.nextInt(4) == 0) {
                    history.append(losses);
                } else {
                    float[] last = history.with(losses, size);
                    assertThat(history.appendAndCountBelow(losses, size))
                            .as("step %d of capacity %d", step, capacity)
                            .isEqualTo(countsBelow(losses, last));
                    assertThat(history.with(new float[0], size)).isEqualTo(last);
                    assertThat(history.count(size)).isEqualTo(last.length);
                }
            }
        }
    }

    @Test
    void isRestoredFromItsLosses() {
        for (int appended : new int[] {0, 5, 64, 70, 1_000}) {
            Random random = new Random(appended);
            LossHistory history = new LossHistory(64);
            for (int i = 0; i < appended; i++) {
                var unused = history.appendAndCountBelow(losses(random, 1), 64);
            }
            LossHistory restored = new LossHistory(history.capacity());
            restored.append(history.all());
            for (int step = 0; step < 20; step++) {
                float[] losses = losses(random, 9);
                assertThat(restored.appendAndCountBelow(losses, 64))
                        .as("step %d after %d losses", step, appended)
                        .isEqualTo(history.appendAndCountBelow(losses, 64));
                assertThat(restored.count(64)).isEqualTo(history.count(64));
                assertThat(restored.all()).isEqualTo(history.all());
            }
        }
    }

    /** Of few different values, so that many are equal. */
    private static float[] losses(Random random, int n) {
        float[] losses = new float[n];
        for (int i = 0; i < n; i++) {
            losses[i] = random.nextInt(50) * random.nextInt(50) / 100f;
        }
        return losses;
    }

    private static int[] countsBelow(float[] losses, float[] last) {
        int[] counts = new int[losses.length];
        for (int i = 0; i < losses.length; i++) {
            for (float other : last) {
                counts[i] += other < losses[i] ? 1 : 0;
            }
        }
        return counts;
    }

    @Test
    void rejectsACapacityOfZero() {
        assertThatThrownBy(() -> new LossHistory(0)).hasMessage("historySize is 0, allowed is 1 or more");
    }
}
