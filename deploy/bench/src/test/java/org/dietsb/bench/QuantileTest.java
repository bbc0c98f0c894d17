package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuantileTest {

    @Test
    void liesBetweenTheTwoNearestValues() {
        double[] sorted = {1, 2, 4, 8};
        assertThat(Quantile.of(sorted, 0)).isEqualTo(1);
        assertThat(Quantile.of(sorted, .5)).isEqualTo(3);
        assertThat(Quantile.of(sorted, .75)).isEqualTo(5);
        assertThat(Quantile.of(sorted, 1)).isEqualTo(8);
        assertThat(Quantile.of(new double[] {7}, .99)).isEqualTo(7);
    }
}
