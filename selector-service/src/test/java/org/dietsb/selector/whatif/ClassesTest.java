package org.dietsb.selector.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.dietsb.selector.diet.ScoreSet;
import org.junit.jupiter.api.Test;

class ClassesTest {

    private static Classes of(int... labels) {
        return Classes.of(new ScoreSet("labelled", "f00d", new float[labels.length], labels));
    }

    private static BitSet bits(int... indices) {
        BitSet bits = new BitSet();
        for (int index : indices) {
            bits.set(index);
        }
        return bits;
    }

    @Test
    void countsEachClassApart() {
        // Given: class 0 has examples 0, 2, 5; class 1 has 1, 4; class 2 none; class 3 has 3.
        Classes classes = of(0, 1, 0, 3, 1, 0);

        assertThat(classes.areKnown()).isTrue();
        assertThat(classes.scoreSet()).isEqualTo("labelled");
        assertThat(classes.sizes()).containsExactly(3, 2, 0, 1);
        assertThat(classes.shares(bits(0, 1, 4))).containsExactly(.3333, 1.0, 0.0, 0.0);
        assertThat(classes.overlaps(bits(0, 1, 2), bits(0, 2, 4, 5)))
                .as("2 of 3, 0 of 2, nothing, nothing")
                .containsExactly(.6667, 0.0, 1.0, 1.0);
    }

    @Test
    void saysWhyThereAreNone() {
        assertThat(Classes.none("no labels").areKnown()).isFalse();
        assertThat(Classes.none("no labels").reason()).isEqualTo("no labels");
        int[] each = new int[1_001];
        for (int i = 0; i < each.length; i++) {
            each[i] = i;
        }
        assertThat(of(each).areKnown()).isFalse();
        assertThat(of(each).reason()).isEqualTo("score set labelled has 1001 classes, allowed are 1000");
    }
}
