package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GuardRailsTest {
    private static double share(String kind, double keep, @Nullable Double prePruned) {
        return new PolicyJson(
                        kind, keep, null, null, null, null, null, null, null, null, prePruned, "random", null, null)
                .toPolicy()
                .backpropagated();
    }

    @Test
    void countTheDietAndWhatIsKeptOfABatch() {
        GuardRails rails = new GuardRails(.25, 1);
        assertThat(rails.against(share("random", .25, null))).isEmpty();
        assertThat(rails.against(share("diet-random", .5, .5))).isEmpty();
        assertThat(rails.against(share("diet-random", .25, .5)))
                .isEqualTo("keep x (1 - prePruned) is 0.125, allowed is 0.25 or more (dietsb.selector.least-keep)");
        assertThat(rails.against(1)).isEmpty();
    }

    @Test
    void boundAStepUpAndDown() {
        GuardRails rails = new GuardRails(0, .5);
        double half = share("random", .5, null);
        double quarter = share("random", .25, null);
        assertThat(rails.against(1, half)).isEmpty();
        assertThat(rails.against(half, quarter)).isEmpty();
        assertThat(rails.against(1, quarter))
                .isEqualTo("keep x (1 - prePruned) goes from 1.0 to 0.25, a change of 0.75, allowed is 0.5 or less"
                        + " (dietsb.selector.most-change)");
        assertThat(rails.against(quarter, 1)).contains("from 0.25 to 1.0");
    }
}
