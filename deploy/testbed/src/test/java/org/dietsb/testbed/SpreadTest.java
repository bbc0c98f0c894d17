package org.dietsb.testbed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void quantileIsInterpolatedBetweenTheTwoNearestValues() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(Spread.quantile(sorted, 0)).isEqualTo(1);
        assertThat(Spread.quantile(sorted, .5)).isEqualTo(3);
        assertThat(Spread.quantile(sorted, .75)).isEqualTo(5);
        assertThat(Spread.quantile(sorted, 1)).isEqualTo(8);
        assertThat(Spread.quantile(new double[] {7}, .99)).isEqualTo(7);
    }
}
