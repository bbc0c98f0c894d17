package org.dietsb.scorer.overlap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.BitSet;
import java.util.Random;
import org.dietsb.scorer.el2n.El2n;
import org.junit.jupiter.api.Test;

class OverlapTest {

    @Test
    void isTheShareOfTheFirstThatTheSecondPrunesToo() {
        assertThat(Overlap.of(bits(1, 2, 3, 4), bits(3, 4, 5, 6), .4)).isEqualTo(new Overlap(.4, 4, 2, .5));
    }

    @Test
    void aSetOverlapsItselfWhollyAndItsOppositeNotAtAll() {
        float[] up = {1, 2, 3, 4};
        float[] down = {4, 3, 2, 1};
        assertThat(Overlap.of(El2n.pruned(up, .5), El2n.pruned(up, .5), .5).overlap())
                .isEqualTo(1);
        assertThat(Overlap.of(El2n.pruned(up, .5), El2n.pruned(down, .5), .5).overlap())
                .isZero();
    }

    @Test
    void overlapOfUnrelatedSetsIsTheRate() {
        // Hypergeometric: sigma of the overlap is sqrt(q (1-q)^2 / (qN)) = .0075 at N = 10,000, q = .25; 5 sigma =
        // .0375.
        Random random = new Random(7);
        float[] a = new float[10_000];
        float[] b = new float[10_000];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat();
            b[i] = random.nextFloat();
        }
        Overlap overlap = Overlap.of(El2n.pruned(a, .25), El2n.pruned(b, .25), .25);
        assertThat(overlap.pruned()).isEqualTo(2500);
        assertThat(overlap.overlap()).isCloseTo(.25, within(.0375));
    }

    @Test
    void nothingPrunedOverlapsNothing() {
        assertThat(Overlap.of(bits(), bits(), .01).overlap()).isZero();
    }

    private static BitSet bits(int... set) {
        BitSet bits = new BitSet();
        for (int i : set) {
            bits.set(i);
        }
        return bits;
    }
}
