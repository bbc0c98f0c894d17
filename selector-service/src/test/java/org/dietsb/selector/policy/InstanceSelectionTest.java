package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import org.dietsb.selector.history.RecentLosses;
import org.junit.jupiter.api.Test;

class InstanceSelectionTest {

    private static RecentLosses losses(float[]... ofEach) {
        RecentLosses recent = new RecentLosses(ofEach.length);
        for (int index = 0; index < ofEach.length; index++) {
            for (float loss : ofEach[index]) {
                recent.add(index, loss);
            }
        }
        return recent;
    }

    @Test
    void leavesOutAnExampleWhoseLossBendsNoMoreExceptInItsTurn() {
        // Given: the card's example: second differences of .5, .25, .125; of .0001; too few losses; a straight line
        // after a steep fall.
        RecentLosses recent = losses(
                new float[] {2, 1, .5f, .25f, .125f},
                new float[] {.03f, .02f, .0101f, .0003f, .0001f},
                new float[] {.1f, .1f, .1f, .1f},
                new float[] {9, 4, 3, 2, 1, 0});
        assertThat(recent.bend(0)).isCloseTo((.5 + .25 + .125) / 3, within(1e-7));
        assertThat(recent.bend(1)).isCloseTo((.0001 + .0001 + .0096) / 3, within(1e-7));
        assertThat(recent.bend(2)).isNaN();
        assertThat(recent.bend(3)).isZero();
        InstanceSelection rule = new InstanceSelection(.004, 5);

        // When
        int[] times = new int[4];
        for (int epoch = 1; epoch <= 10; epoch++) {
            BitSet kept =
                    rule.choose(new EpochRule.Epoch(1, epoch, 4), recent::bend).kept();
            kept.stream().forEach(index -> times[index]++);
        }

        // Then: two are mastered, and trained in one epoch of five.
        assertThat(times).containsExactly(10, 2, 10, 2);
    }

    @Test
    void anEpochIsNeverEmpty() {
        for (int epoch = 1; epoch <= 10; epoch++) {
            assertThat(new InstanceSelection(1, 1_000)
                            .choose(new EpochRule.Epoch(1, epoch, 3), index -> 0)
                            .kept()
                            .cardinality())
                    .isPositive();
        }
    }
}
