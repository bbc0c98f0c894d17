package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;

class RandomBackpropTest {

    @Test
    void keepsExactlyTheRoundedShareOfEveryBatch() {
        for (double keep : new double[] {.01, .25, 1 / 3., .5, 2 / 3., .99, 1}) {
            for (int n = 1; n <= 130; n++) {
                int[] selected = new RandomBackprop(keep).select(batch(n), new LossHistory(1));
                assertThat(selected)
                        .hasSize(Math.max(1, (int) Math.floor(keep * n + .5 + 1e-9)))
                        .isSorted()
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void selectsEveryPlaceEquallyOften() {
        double[] expected = new double[10];
        Arrays.fill(expected, .3);
        Frequencies.agree(new RandomBackprop(.3), new float[10], new float[0], expected);
    }

    @Test
    void needsNoLosses() {
        assertThat(new RandomBackprop(.5).wantsLosses()).isFalse();
        assertThat(new RandomBackprop(.5).select(batch(4), new LossHistory(1))).hasSize(2);
    }

    private static Batch batch(int n) {
        return new Batch(11, 2, 3, n, new float[0]);
    }
}
