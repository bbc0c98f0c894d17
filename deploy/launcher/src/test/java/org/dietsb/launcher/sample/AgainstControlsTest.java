package org.dietsb.launcher.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.dietsb.launcher.sample.AgainstControls.Standing;
import org.junit.jupiter.api.Test;

class AgainstControlsTest {
    private static final Sample ABOVE = new Sample(List.of(.010, .012, .011, .013, .012));
    private static final Sample BELOW = new Sample(List.of(-.010, -.012, -.011, -.013, -.012));
    private static final Sample AROUND = new Sample(List.of(.010, -.012, .011, -.009, .001));
    private static final Sample NONE = new Sample(List.of());

    private static Sample first(int n, Sample of) {
        return new Sample(of.values().subList(0, n));
    }

    @Test
    void isBetterThanTrainingLessAboveBothControlsAlone() {
        assertThat(new AgainstControls(ABOVE, ABOVE).words()).isEqualTo("better than training less");
        assertThat(new AgainstControls(ABOVE, AROUND).words())
                .isEqualTo("no better than training less: not above random");
        assertThat(new AgainstControls(AROUND, ABOVE).words())
                .isEqualTo("no better than training less: not above equal cost");
        assertThat(new AgainstControls(BELOW, AROUND).words())
                .isEqualTo("no better than training less: not above equal cost and random");
        assertThat(new AgainstControls(ABOVE, null).standing())
                .as("a random choice has no random control")
                .isEqualTo(Standing.BETTER);
    }

    @Test
    void fewSeedsShowOnlyWhatTheirIntervalShows() {
        assertThat(new AgainstControls(first(2, ABOVE), first(2, ABOVE)).words())
                .isEqualTo("not shown: n = 2");
        assertThat(new AgainstControls(first(3, ABOVE), first(3, ABOVE)).standing())
                .isEqualTo(Standing.BETTER);
        assertThat(new AgainstControls(first(4, AROUND), first(4, ABOVE)).words())
                .isEqualTo("not shown: n = 4");
        assertThat(new AgainstControls(first(3, BELOW), first(3, ABOVE)).standing())
                .isEqualTo(Standing.NO_BETTER);
    }

    @Test
    void namesTheControlThatIsMissing() {
        assertThat(new AgainstControls(NONE, NONE).words()).isEqualTo("not shown: no equal cost and no random");
        assertThat(new AgainstControls(ABOVE, NONE).words()).isEqualTo("not shown: no random");
        assertThat(new AgainstControls(BELOW, NONE).standing()).isEqualTo(Standing.NO_BETTER);
    }
}
