package org.dietsb.contracts.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LateMasksTest {
    @Test
    void aRunWhoseMasksTimedOutShowsNothingAboutItsPolicy() {
        assertThat(LateMasks.words(69, 948)).isEqualTo("69 of 948 masks timed out");
        assertThat(LateMasks.words(11, 1000)).isEqualTo("11 of 1000 masks timed out");
    }

    @Test
    void oneInAHundredIsAccepted() {
        assertThat(LateMasks.words(10, 1000)).isEmpty();
        assertThat(LateMasks.words(0, 0)).isEmpty();
    }

    @Test
    void batchesThatTookNoStepAreCountedByTheirMasks() {
        assertThat(LateMasks.words(3, 2)).isEqualTo("3 of 3 masks timed out");
    }
}
