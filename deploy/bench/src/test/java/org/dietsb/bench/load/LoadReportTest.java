package org.dietsb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.dietsb.bench.path.Journeys;
import org.dietsb.bench.report.Row;
import org.dietsb.testbed.Spread;
import org.junit.jupiter.api.Test;

class LoadReportTest {
    private final LoadReport report = new LoadReport();

    /** Adds a round of 1,000 masks, in which each selector takes half of this CPU time per mask. */
    private void add(int runs, int partitions, int selectors, double cpuMicros) {
        Journeys journeys = new Journeys(
                1_000,
                1,
                2,
                3,
                4,
                Map.of("broker", 9., "selector-1", cpuMicros / 2_000, "selector-2", cpuMicros / 2_000));
        report.add(
                new LoadReport.Place(runs, partitions, selectors), new LoadReport.Round(journeys, journeys, 1 << 20));
    }

    private Row row(String name) {
        return report.rows().stream()
                .filter(row -> row.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void eachLoadIsComparedRoundByRoundWithTheFewestRunsOnTheSameSelectors() {
        // When
        add(1_000, 8, 1, 110);
        add(1, 8, 1, 100);
        add(1, 8, 1, 200);
        add(1_000, 8, 1, 250);
        add(1_000, 4, 1, 999);
        // Then
        Row grown = row("paced, 1000 runs, 8 partitions, 1 selector");
        assertThat(grown.spread().min()).isEqualTo(1.1);
        assertThat(grown.spread().max()).isEqualTo(1.25);
        assertThat(Objects.requireNonNull(grown.limit()).bound()).isEqualTo(1.2);
        assertThat(grown.figures())
                .containsEntry("masks/s", 1_000.)
                .containsEntry("CPU us/mask", 180.)
                .containsEntry("resident MiB", 1.);
        Row base = row("paced, 1 run, 8 partitions, 1 selector");
        assertThat(base.spread()).isEqualTo(new Spread(1, 1, 1));
        assertThat(base.limit()).isNull();
        assertThat(row("saturated, 1000 runs, 8 partitions, 1 selector").limit())
                .isNull();
        assertThat(row("paced, 1000 runs, 4 partitions, 1 selector").spread().max())
                .isEqualTo(1);
    }

    @Test
    void severalSelectorsAreComparedWithTheFewestRunsThatKeepAllOfThemBusy() {
        // When
        add(1, 8, 2, 50);
        add(10, 8, 2, 100);
        add(100, 8, 2, 110);
        // Then
        assertThat(row("paced, 1 run, 8 partitions, 2 selectors").spread().median())
                .isEqualTo(.5);
        assertThat(row("paced, 1 run, 8 partitions, 2 selectors").limit()).isNull();
        assertThat(row("paced, 10 runs, 8 partitions, 2 selectors").spread().median())
                .isEqualTo(1);
        assertThat(row("paced, 100 runs, 8 partitions, 2 selectors").spread().median())
                .isEqualTo(1.1);
    }
}
