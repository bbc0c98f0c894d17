package org.dietsb.launcher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverlapTest {
    private static final double[] ASCENDING = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void countsTheExamplesInBothShares() {
        double[] other = {2, 1, 9, 3, 8, 7, 6, 5};
        // Lowest half of one {0, 1, 2, 3}, of the other {0, 1, 3, 7}.
        assertThat(Overlap.lowest(ASCENDING, other, .5)).isEqualTo(.75);
        assertThat(Overlap.lowest(ASCENDING, ASCENDING, .3)).isEqualTo(1);
    }

    @Test
    void breaksTiesAtRandom() {
        // Two of the four that are tied: each with probability 1/2.
        double[] tied = {0, 1, 1, 1, 1, 2, 2, 2};
        assertThat(Overlap.membership(tied, 3 / 8.0)).containsExactly(1, .5, .5, .5, .5, 0, 0, 0);
        assertThat(Overlap.lowest(tied, ASCENDING, 3 / 8.0)).isCloseTo(2 / 3.0, within(1e-12));
        // All alike: chance.
        assertThat(Overlap.lowest(new double[8], ASCENDING, .25)).isCloseTo(.25, within(1e-12));
    }

    @Test
    void equalsTheShareByChance() {
        // 10,000 of 40,000 drawn: a share of both of .25 with a deviation of sqrt(.25 x .75^2 / 10,000) = .0038.
        Random random = new Random(7);
        double[] a = random.doubles(40_000).toArray();
        double[] b = random.doubles(40_000).toArray();
        assertThat(Overlap.lowest(a, b, .25)).isCloseTo(.25, within(4 * .0038));
        assertThat(Overlap.correlation(a, b)).isCloseTo(0, within(4 / Math.sqrt(40_000)));
    }

    @Test
    void averagesTheRanksOfTies() {
        assertThat(Overlap.ranks(new double[] {5, 1, 5, 0})).containsExactly(3.5, 2, 3.5, 1);
        // By hand: ranks (3.5, 2, 3.5, 1) and (4, 2, 3, 1), Pearson's correlation of these is .9486833.
        assertThat(Overlap.correlation(new double[] {5, 1, 5, 0}, new double[] {4, 2, 3, 1}))
                .isCloseTo(.9486833, within(1e-7));
        assertThat(Overlap.correlation(IntStream.range(0, 5).asDoubleStream().toArray(), new double[5]))
                .isNaN();
    }
}
