package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import org.dietsb.contracts.policy.Policy.Kind;
import org.junit.jupiter.api.Test;

class NominalRateTest {

    private static double of(Policy policy) {
        return NominalRate.of(policy).orElseThrow();
    }

    @Test
    void isWhatTheParametersSay() {
        assertThat(of(Policy.BASELINE)).isZero();
        assertThat(of(Policy.ofKind(Kind.RANDOM).keep(.3).build())).isCloseTo(.7, within(1e-9));
        assertThat(of(Policy.ofKind(Kind.DIET)
                        .prePruned(.25)
                        .order(Policy.DietOrder.RANDOM)
                        .build()))
                .isEqualTo(.25);
        assertThat(of(Policy.ofKind(Kind.DIET_RANDOM)
                        .keep(.5)
                        .prePruned(.2)
                        .order(Policy.DietOrder.RANDOM)
                        .build()))
                .as("half of the four fifths that the diet leaves")
                .isCloseTo(.6, within(1e-9));
        assertThat(of(Policy.ofKind(Kind.INFOBATCH).keep(.5).build())).isEqualTo(.5);
        assertThat(NominalRate.of(Policy.ofKind(Kind.SETA).build())).isEmpty();
        assertThat(NominalRate.of(Kind.REPLAY, 1, 0)).isEmpty();
    }

    @Test
    void differsOfKindsWhoseRateFollowsFromLosses() {
        for (Kind kind : new Kind[] {Kind.INFOBATCH, Kind.REPB, Kind.BLS, Kind.PROGRESSIVE, Kind.SETA, Kind.IES}) {
            assertThat(NominalRate.differs(kind)).as("%s", kind).isTrue();
        }
        for (Kind kind : new Kind[] {
            Kind.BASELINE, Kind.RANDOM, Kind.SELECTIVE, Kind.DIET, Kind.ORDERDP, Kind.RS2, Kind.REPLAY, Kind.RANDOM_LIKE
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
