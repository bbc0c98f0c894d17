package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The rules choose what plain implementations of their formulas choose, of a matrix of losses: here a small one. */
class EpochRulesTest {

    @Test
    void chooseAsTheirFormulasSay() {
        assertThat(LossMatrix.compared(2_000, 30)).isEqualTo(30 * 11);
    }
}
