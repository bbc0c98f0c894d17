package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
    private final RunFigures figures = new RunFigures(4, new float[] {9});

    private static LastBatch batch(int epoch, int batch, int size) {
        float[] losses = new float[size];
        Arrays.fill(losses, batch + .25f);
        BitSet selected = new BitSet();
        selected.set(0, size / 2);
        return new LastBatch(
                epoch, batch, 0, Policy.BASELINE, IntStream.range(0, size).toArray(), losses, selected);
    }

    private RunReport report() {
        return figures.report("run", 7, 1, 100, "f00d", 5_000);
    }

    @Test
    void keepsTheLastEightBatchesAndTheLossesBeforeThem() {
        for (int batch = 0; batch < 10; batch++) {
            figures.judged(batch(1, batch, 4));
        }
        RunReport report = report();
        assertThat(report.lastBatches()).extracting(LastBatch::batch).containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(report.historyBefore()).containsExactly(9, .25f, .25f, .25f, .25f, 1.25f, 1.25f, 1.25f, 1.25f);
        assertThat(report.batch()).isEqualTo(10);
    }

    private static LastBatch withoutLosses(int epoch, int batch) {
        LastBatch with = batch(epoch, batch, 4);
        return new LastBatch(epoch, batch, 1, Policy.BASELINE, with.indices(), new float[0], with.selected());
    }

    @Test
    void keepsTheLastLossesAfterASwapToAPolicyWithoutSelectionPasses() {
        // Given
        figures.opened(1, 80);
        for (int batch = 0; batch < 10; batch++) {
            figures.judged(batch(1, batch, 4));
        }
        figures.opened(2, 80);

        // When
        for (int epoch = 2; epoch <= 4; epoch++) {
            figures.opened(epoch, 80);
            for (int batch = 0; batch < 10; batch++) {
                figures.judged(withoutLosses(epoch, batch));
            }
        }

        // Then
        RunReport report = report();
        assertThat(report.epochs()).extracting(EpochReport::epoch).containsExactly(1, 4);
        assertThat(report.newest().lastBatches()).hasSize(8).allSatisfy(batch -> assertThat(batch.epoch())
                .isEqualTo(4));
        assertThat(report.withLosses().lastBatches())
                .extracting(LastBatch::batch)
                .containsExactly(2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(report.historyBefore()).containsExactly(9, .25f, .25f, .25f, .25f, 1.25f, 1.25f, 1.25f, 1.25f);

        // When it is swapped back
        figures.opened(5, 80);
        for (int batch = 0; batch < 3; batch++) {
            figures.judged(batch(5, batch, 4));
        }

        // Then
        assertThat(report().withLosses().lastBatches())
                .extracting(LastBatch::epoch)
                .containsExactly(1, 1, 1, 1, 1, 5, 5, 5);
        assertThat(report().epochs()).extracting(EpochReport::epoch).containsExactly(4, 5);
        for (int batch = 3; batch < 9; batch++) {
            figures.judged(batch(5, batch, 4));
        }
        assertThat(report().lastBatches()).extracting(LastBatch::batch).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    }

    @Test
    void keepsNoBatchLargerThanTheMaximum() {
        figures.judged(batch(1, 0, 33));
        assertThat(report().lastBatches()).isEmpty();
    }

    @Test
    void countsThePreviousEpochAndTheRunningOne() {
        figures.opened(1, 80);
        figures.judged(batch(1, 0, 4));
        figures.judged(batch(1, 1, 4));
        figures.opened(2, 60);
        figures.judged(batch(2, 0, 4));
        figures.opened(3, 60);
        assertThat(report().epochs())
                .satisfiesExactly(
                        second -> {
                            assertThat(second.epoch()).isEqualTo(2);
                            assertThat(second.announced()).isEqualTo(4);
                            assertThat(second.selected()).isEqualTo(2);
                            assertThat(second.kept()).isEqualTo(60);
                            int bin = second.losses().bounds().indexOf(.3);
                            assertThat(second.losses().seen().get(bin)).isEqualTo(4);
                            assertThat(second.losses().selected().get(bin)).isEqualTo(2);
                        },
                        third -> assertThat(third.announced()).isZero());
    }

    @Test
    void namesTheFirstCountedBatchOfAnEpochNotSeenFromTheStart() {
        figures.judged(batch(4, 30, 4));
        assertThat(report().epochs()).singleElement().satisfies(epoch -> {
            assertThat(epoch.epoch()).isEqualTo(4);
            assertThat(epoch.firstBatch()).isEqualTo(30);
            assertThat(epoch.kept()).isNull();
        });
    }

    @Test
    void isDueIfSomethingIsNewAndTheTimeHasPassedOrAnEpochHasEnded() {
        assertThat(figures.isDue(10_000, 2_000)).isFalse();
        figures.opened(1, 80);
        assertThat(figures.isDue(10_000, 2_000)).isTrue();
        var unused = report();
        assertThat(figures.isDue(10_000, 2_000)).isFalse();
        figures.judged(batch(1, 0, 4));
        assertThat(figures.isDue(6_999, 2_000)).isFalse();
        assertThat(figures.isDue(7_000, 2_000)).isTrue();
        figures.opened(2, 80);
        assertThat(figures.hasEndedEpoch()).isTrue();
        assertThat(figures.isDue(6_999, 2_000)).isTrue();
    }
}
