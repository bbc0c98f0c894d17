package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private static Ledger of(RunSheet.Figures... epochs) {
        return Ledger.of(Sheets.of(1_000, 10, 3, 0, List.of(), List.of(epochs)));
    }

    private static RunSheet.Figures epoch(
            int epoch,
            @Nullable Double accuracy,
            double seconds,
            long backward,
            long selection,
            double scaledSelection,
            double selectionSeconds,
            double stepSeconds,
            double maskWait,
            double share) {
        double[] all = {seconds, selectionSeconds, stepSeconds, maskWait};
        return Sheets.epoch(epoch, accuracy, 1_000, backward, selection, scaledSelection, all, share);
    }

    @Test
    void addsUpTheCostOfEachEpochAndOfTheBaseline() {
        // Half of everything, by losses: once of full size, once at half the side.
        Ledger ledger =
                of(epoch(1, .5, 10, 500, 1_000, 1_000, 3, 5, .5, 1), epoch(2, .6, 8, 500, 1_000, 250, 1, 5, .5, 1));

        assertThat(ledger.epochs()).extracting(Ledger.EpochCost::epoch).containsExactly(1, 2);
        Cost first = ledger.epochs().get(0).cost();
        assertThat(first.passes()).isEqualTo(5 / 6.0);
        assertThat(first.baselineSeconds()).isEqualTo(10);
        assertThat(ledger.epochs().get(1).cost().passes()).isEqualTo(7 / 12.0);
        assertThat(ledger.total()).isEqualTo(new Cost(1_000, 1_000, 2_000, 5 / 6.0 + 7 / 12.0, 18, 4, 10, 1, 2, 20.0));
    }

    @Test
    void comparesAnEpochCutShortByABudgetWithItsShareOfTheBaseline() {
        // Every example of a quarter of the batches, and half of them of all.
        Ledger ledger = of(epoch(1, .5, 6, 500, 0, 0, 0, 5, 0, 1), epoch(2, .6, 3, 250, 0, 0, 0, 2.5, 0, .25));
        assertThat(ledger.epochs().get(1).cost().baselinePasses()).isEqualTo(.25);
        assertThat(ledger.epochs().get(1).cost().baselineSeconds()).isEqualTo(2.5);
        assertThat(ledger.total().passes()).isEqualTo(.75);
        assertThat(ledger.total().baselinePasses()).isEqualTo(1.25);
        assertThat(ledger.total().baselineSeconds()).isEqualTo(12.5);
    }

    @Test
    void saysWhatWasLeftOutBesideWhatTheParametersSay() {
        // Everything, half of everything, and half of a quarter.
        RunSheet.Figures[] epochs = {
            epoch(1, .5, 6, 1_000, 0, 0, 0, 5, 0, 1),
            epoch(2, .5, 6, 500, 0, 0, 0, 5, 0, 1),
            epoch(3, .6, 3, 125, 0, 0, 0, 2.5, 0, .25)
        };
        Ledger baseline = of(epochs);
        assertThat(baseline.leftOut()).isCloseTo(1 - 1_625 / 2_250.0, within(1e-9));
        assertThat(baseline.nominal()).isZero();
        assertThat(of().leftOut()).isNull();

        Policy infobatch = Policy.ofKind(PolicyKind.INFOBATCH).keep(.25).build();
        Policy seta = Policy.ofKind(PolicyKind.SETA).build();
        List<RunSheet.Placed> first = List.of(new RunSheet.Placed(0, infobatch, true, 1, 0, 0));
        List<RunSheet.Placed> then = List.of(first.get(0), new RunSheet.Placed(1, seta, true, 2, 0, .1));
        assertThat(Ledger.of(Sheets.of(1_000, 10, 3, 0, first, List.of(epochs))).nominal())
                .isEqualTo(.75);
        assertThat(Ledger.of(Sheets.of(1_000, 10, 3, 0, then, List.of(epochs))).nominal())
                .isNull();
    }

    @Test
    void hasNoBaselineForAnEpochThatTrainedNothing() {
        Ledger ledger = of(epoch(1, null, 1, 0, 0, 0, 0, 0, 0, 1));
        assertThat(ledger.epochs().get(0).cost().baselineSeconds()).isNull();
        assertThat(ledger.total().baselineSeconds()).isNull();
        assertThat(of().total().baselineSeconds()).isZero();
    }
}
