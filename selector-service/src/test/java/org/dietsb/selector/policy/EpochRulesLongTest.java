package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** As {@link EpochRulesTest}, of 50,000 examples and 200 epochs. */
class EpochRulesLongTest {

    @Test
    void chooseAsTheirFormulasSay() {
        assertThat(LossMatrix.compared(50_000, 200)).isEqualTo(200 * 11);
    }
}
