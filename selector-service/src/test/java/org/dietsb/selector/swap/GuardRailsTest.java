package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.policy.PolicyCost;
import org.junit.jupiter.api.Test;

class GuardRailsTest {
    private static double share(double keep) {
        return PolicyCost.backpropagated(
                Policy.ofKind(PolicyKind.RANDOM).keep(keep).build());
    }

    private static double share(double keep, double prePruned) {
        return PolicyCost.backpropagated(Policy.ofKind(PolicyKind.DIET_RANDOM)
                .keep(keep)
                .prePruned(prePruned)
                .order(Policy.DietOrder.RANDOM)
                .build());
    }

    @Test
    void countTheDietAndTheKeep() {
        GuardRails rails = new GuardRails(.25, 1);
        assertThat(rails.against(share(.25))).isEmpty();
        assertThat(rails.against(share(.5, .5))).isEmpty();
        assertThat(rails.against(share(.25, .5)))
                .isEqualTo("keep x (1 - prePruned) is 0.125, allowed is 0.25 or more (dietsb.selector.least-keep)");
        assertThat(rails.against(1)).isEmpty();
    }

    @Test
    void boundChangesInBothDirections() {
        GuardRails rails = new GuardRails(0, .5);
        double half = share(.5);
        double quarter = share(.25);
        assertThat(rails.against(1, half)).isEmpty();
        assertThat(rails.against(half, quarter)).isEmpty();
        assertThat(rails.against(1, quarter))
                .isEqualTo("keep x (1 - prePruned) goes from 1.0 to 0.25, a change of 0.75, allowed is 0.5 or less"
                        + " (dietsb.selector.most-change)");
        assertThat(rails.against(quarter, 1)).contains("from 0.25 to 1.0");
    }
}
