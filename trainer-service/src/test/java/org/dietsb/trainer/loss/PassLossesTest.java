package org.dietsb.trainer.loss;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PassLossesTest {
    @Test
    void takesLossesAndBitsApart() {
        float[] both = new float[18];
        both[0] = .5f;
        both[8] = 2;
        both[9] = 1;
        both[17] = 1;
        PassLosses pass = PassLosses.apart(both);
        assertThat(pass.losses()).containsExactly(.5f, 0, 0, 0, 0, 0, 0, 0, 2);
        assertThat(pass.correct()).containsExactly(1, 1);
    }

    @Test
    void theFirstExamplesHaveNoBitsOfOthers() {
        PassLosses pass = new PassLosses(new float[] {1, 2, 3}, new byte[] {0b111});
        assertThat(pass.first(2).losses()).containsExactly(1, 2);
        assertThat(pass.first(2).correct()).containsExactly(0b11);
        assertThat(pass.first(3)).isSameAs(pass);
        assertThat(PassLosses.of(1, 2).first(1).correct()).isEmpty();
    }
}
