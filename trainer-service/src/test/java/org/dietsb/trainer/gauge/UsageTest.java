package org.dietsb.trainer.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UsageTest {
    private final Usage usage = new Usage(20);

    @Test
    void evenUsageGivesATenthToTheMostSelectedTenth() {
        usage.selected(IntStream.range(0, 20).toArray());
        usage.selected(IntStream.range(0, 20).toArray());

        assertThat(usage.skew()).isEqualTo(new Usage.Skew(0, .1));
    }

    @Test
    void frequentSelectionSkewsUsage() {
        // Given: 2 of 20 selected 4 times, 2 once, 16 never.
        for (int time = 0; time < 4; time++) {
            usage.selected(new int[] {3, 17});
        }
        usage.selected(new int[] {0, 1});

        assertThat(usage.skew()).isEqualTo(new Usage.Skew(.8, .8));
    }

    @Test
    void skewIsNotANumberWithoutSelections() {
        assertThat(usage.skew()).isEqualTo(new Usage.Skew(Double.NaN, Double.NaN));
    }
}
