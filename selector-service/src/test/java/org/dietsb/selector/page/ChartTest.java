package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.junit.jupiter.api.Test;

class ChartTest {
    private static final Axis ACCURACY = Axis.around("share", Words::share, .02);

    private static List<String> ticks(Axis axis, double lowest, double highest) {
        return axis.range(lowest, highest).ticks(new Chart.Scale(0, 1, 0, 1), axis.format()).stream()
                .map(Chart.Tick::text)
                .toList();
    }

    @Test
    void fitsTheAxisToItsValues() {
        assertThat(ticks(ACCURACY, .55, .87)).containsExactly("50 %", "60 %", "70 %", "80 %", "90 %");
        assertThat(ticks(ACCURACY, .915, .932)).containsExactly("91.5 %", "92 %", "92.5 %", "93 %", "93.5 %");
        assertThat(ticks(ACCURACY, .7, .7)).containsExactly("70 %", "70.5 %", "71 %", "71.5 %", "72 %");
        assertThat(ticks(ACCURACY, .01, 1)).first().isEqualTo("0 %");
        assertThat(ticks(ACCURACY, .01, 1)).last().isEqualTo("100 %");
        assertThat(ticks(Axis.fromZero("nats", Words::number, 0), .4, 1.52))
                .containsExactly("0", "0.5", "1", "1.5", "2");
    }

    @Test
    void saysWhyItIsEmpty() {
        double[] seconds = {4, 1, 2.5, .5};
        Chart.Curve accuracy = new Chart.Curve("test set", RunSheet.Figures::accuracy);
        RunSheet begun = Sheets.at(100, 10, 1, 3);
        RunSheet never = Sheets.of(100, 10, 2, 0, List.of(), List.of(Sheets.epoch(1, null, 100, 50, 0, 0, seconds, 1)));
        assertThat(Chart.of("accuracy", "Accuracy", begun, ACCURACY, accuracy).nothing())
                .isEqualTo("no data before the end of the first epoch");
        assertThat(Chart.of("accuracy", "Accuracy", never, ACCURACY, accuracy).nothing())
                .isEqualTo("not measured by this run");
    }

    private static Chart chart(int epochs) {
        double[] seconds = {4, 1, 2.5, .5};
        List<RunSheet.Figures> figures = IntStream.rangeClosed(1, epochs)
                .mapToObj(epoch -> Sheets.epoch(epoch, epoch / (double) epochs, 100, 50, 0, 0, seconds, 1))
                .toList();
        RunSheet run = Sheets.of(100, epochs, epochs, 0, List.of(), figures);
        return Chart.of("accuracy", "Accuracy", run, ACCURACY, new Chart.Curve("test set", RunSheet.Figures::accuracy));
    }

    @Test
    void hasTheValuesOfEachEpoch() {
        assertThat(chart(4).bands())
                .extracting(Band::words)
                .containsExactly(
                        "epoch 1, test set 25 %", "epoch 2, test set 50 %",
                        "epoch 3, test set 75 %", "epoch 4, test set 100 %");
    }

    @Test
    void sharesOneBandAmongPointsThatAreTooCloseToPointAt() {
        assertThat(chart(10_000).bands()).hasSizeLessThan(100).last().satisfies(band -> assertThat(band.words())
                .isEqualTo("epoch 10000, test set 100 %"));
    }

    @Test
    void longTextStaysWithinTheChart() {
        String fifty = "x".repeat(50);
        Band right = Band.at("a", 60, 80, 70, List.of(fifty), List.of());
        assertThat(right.anchor()).isEqualTo("start");
        assertThat(right.textX()).isEqualTo("78.0");
        assertThat(Band.at("a", 190, 210, 200, List.of(fifty), List.of()).textX())
                .isEqualTo("105.0");
        Band left = Band.at("a", 290, 310, 300, List.of(fifty), List.of());
        assertThat(left.anchor()).isEqualTo("end");
        assertThat(left.textX()).as("it is moved to the right").isEqualTo("315.0");
        assertThat(Band.at("a", 390, 408, 400, List.of("short"), List.of()).textX())
                .isEqualTo("392.0");
    }
}
