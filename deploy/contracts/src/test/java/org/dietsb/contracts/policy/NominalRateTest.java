package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class NominalRateTest {

    private static double of(Policy policy) {
        return NominalRate.of(policy).orElseThrow();
    }

    @Test
    void isWhatTheParametersSay() {
        assertThat(of(Policy.BASELINE)).isZero();
        assertThat(of(Policy.ofKind(PolicyKind.RANDOM).keep(.3).build())).isCloseTo(.7, within(1e-9));
        assertThat(of(Policy.ofKind(PolicyKind.DIET)
                        .prePruned(.25)
                        .order(Policy.DietOrder.RANDOM)
                        .build()))
                .isEqualTo(.25);
        assertThat(of(Policy.ofKind(PolicyKind.DIET_RANDOM)
                        .keep(.5)
                        .prePruned(.2)
                        .order(Policy.DietOrder.RANDOM)
                        .build()))
                .as("half of the four fifths that the diet leaves")
                .isCloseTo(.6, within(1e-9));
        assertThat(of(Policy.ofKind(PolicyKind.INFOBATCH).keep(.5).build())).isEqualTo(.5);
        assertThat(NominalRate.of(Policy.ofKind(PolicyKind.SETA).build())).isEmpty();
        assertThat(NominalRate.of(PolicyKind.REPLAY, 1, 0)).isEmpty();
    }

    @Test
    void differsOfKindsWhoseRateFollowsFromLosses() {
        for (PolicyKind kind : new PolicyKind[] {
            PolicyKind.INFOBATCH,
            PolicyKind.REPB,
            PolicyKind.BLS,
            PolicyKind.PROGRESSIVE,
            PolicyKind.SETA,
            PolicyKind.IES
        }) {
            assertThat(NominalRate.differs(kind)).as("%s", kind).isTrue();
        }
        for (PolicyKind kind : new PolicyKind[] {
            PolicyKind.BASELINE,
            PolicyKind.RANDOM,
            PolicyKind.SELECTIVE,
            PolicyKind.DIET,
            PolicyKind.ORDERDP,
            PolicyKind.RS2,
            PolicyKind.REPLAY,
            PolicyKind.RANDOM_LIKE
        }) {
            assertThat(NominalRate.differs(kind)).as("%s", kind).isFalse();
        }
    }

    @Test
    void saysBothRates() {
        assertThat(NominalRate.words(OptionalDouble.of(.5), .312)).isEqualTo("nominal 50.0 %, left out 31.2 %");
        assertThat(NominalRate.words(OptionalDouble.empty(), 0)).isEqualTo("no nominal rate, left out 0.0 %");
    }
}
