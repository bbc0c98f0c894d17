package org.dietsb.launcher.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.dietsb.launcher.experiment.Setting;
import org.dietsb.launcher.text.Format;
import org.junit.jupiter.api.Test;

class CostPanelsTest {
    private static final Setting SETTING = new Setting("cifar100", 0, "resnet18", 200);

    @Test
    void findsTheComponentsOfTheSeconds() {
        // Given: 2 s fixed, 1 ms per trained example, .25 ms per example in a selection pass.
        List<TimeFit.Point> points = Stream.of(
                        new double[] {1000, 0}, new double[] {500, 0}, new double[] {500, 1000}, new double[] {250, 1000
                        })
                .map(done -> new TimeFit.Point(2 + done[0] * 1e-3 + done[1] * .25e-3, done[0], done[1]))
                .toList();
        // Then
        TimeFit fit = TimeFit.of(points).orElseThrow();
        assertThat(fit.fixedSeconds()).isCloseTo(2, within(1e-9));
        assertThat(fit.secondsPerTrained()).isCloseTo(1e-3, within(1e-12));
        assertThat(fit.secondsPerSelection()).isCloseTo(.25e-3, within(1e-12));
        assertThat(fit.r2()).isCloseTo(1, within(1e-9));
        assertThat(TimeFit.of(points.subList(0, 2))).isEmpty();
        assertThat(TimeFit.of(List.of(points.get(0), points.get(0), points.get(0))))
                .isEmpty();
    }

    @Test
    void matchesTheRatiosAndLimitsOfThePostersTable() {
        assertThat(CostPanels.POSTER.stream().map(row -> Format.text("%.3f", row.ofBaseline())))
                .containsExactly("1.000", "0.948", "0.594", "0.411", "0.786", "0.827", "0.714");
        // (1 + 3k)/3 for SB; Diet-SB 50 % (25 %) has k = 2/3 of three quarters.
        assertThat(CostPanels.POSTER.stream()
                        .map(row -> Format.text(
                                "%.3f", row.cell(SETTING).passesPerEpoch().orElseThrow())))
                .containsExactly("1.000", "0.833", "0.500", "0.250", "0.750", "0.750", "0.625");
    }

    @Test
    void paysOffWhenTheSavingsReachTheCost() {
        // Ten models of 20 epochs and their scoring passes, by a quarter of 200 epochs.
        assertThat(CostPanels.runsUntilPaid(10 * (20 + 1 / 3.0), 200, 150)).isCloseTo(4.07, within(.005));
        assertThat(CostPanels.runsUntilPaid(1, 5, 5)).isInfinite();
    }
}
