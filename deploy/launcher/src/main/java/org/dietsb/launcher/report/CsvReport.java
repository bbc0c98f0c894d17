package org.dietsb.launcher.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.dietsb.launcher.text.Columns;

/** Writes the figures of the report as comma-separated values (RFC 4180). */
public final class CsvReport {
    private static final Columns<Result> RUNS = new Columns<Result>()
            .add("dataset", result -> result.run().cell().setting().dataset())
            .add("limit", result -> result.run().cell().setting().limit())
            .add("model", result -> result.run().cell().setting().model())
            .add("epochs", result -> result.run().cell().setting().epochs())
            .add("method", result -> result.run().cell().series())
            .add("rates", result -> result.run().cell().rates())
            .add("control", result -> result.run().cell().isControl())
            .add("seed", result -> result.run().seed())
            .add("accuracy", Result::accuracy)
            .add("total_pruned", Result::totalPruned)
            .add("pre_pruned", Result::prePruned)
            .add("seconds_per_epoch", Result::secondsPerEpoch)
            .add("trained_per_epoch", Result::trainedPerEpoch)
            .add("selection_per_epoch", Result::selectionPerEpoch)
            .add("passes", Result::passes)
            .add("seconds", Result::seconds)
            .add("fingerprint", Result::fingerprint)
            .add("device", Result::device)
            .add("side_by_side", Result::sideBySide)
            .add("commit", result -> result.made().commit())
            .add("date", result -> result.made().date())
            .add("run", result -> result.run().key());

    private static final Columns<Figure> FIGURES = new Columns<Figure>()
            .add("panel", figure -> figure.panel.heading())
            .add("chart", figure -> figure.chart.title())
            .add("series", figure -> figure.series.name())
            .add("control", figure -> figure.series.isControl())
            .add("x", Figure::x)
            .add("mean", figure -> figure.point.mean())
            .add("standard_deviation", figure -> figure.point.spread())
            .add("half_interval_95", figure -> figure.point.half())
            .add("n", figure -> figure.point.n());

    private CsvReport() {}

    /** Returns one line per run, including controls. */
    public static String runs(Evidence evidence) {
        return csv(RUNS, evidence.all().stream());
    }

    /** Returns one line per point of a chart. Points of chance have n = 0. */
    public static String figures(List<Panel> panels) {
        return csv(FIGURES, panels.stream().flatMap(panel -> panel.charts().stream()
                .flatMap(chart -> chart.series().stream().flatMap(series -> series.points().stream()
                        .map(point -> new Figure(panel, chart, series, point))))));
    }

    private record Figure(Panel panel, Chart chart, Chart.Series series, Chart.Point point) {
        Object x() {
            return chart.bars() ? chart.categories().get((int) point.x()) : (Object) point.x();
        }
    }

    private static <T> String csv(Columns<T> columns, Stream<T> items) {
        StringBuilder csv = new StringBuilder();
        CSVFormat format = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();
        try (CSVPrinter printer = new CSVPrinter(csv, format)) {
            printer.printRecord(columns.headings());
            for (T item : (Iterable<T>) items::iterator) {
                printer.printRecord(columns.cells(item).stream().map(CsvReport::field));
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return csv.toString();
    }

    /** Rounds a number to nine digits; numbers that are not finite become empty. */
    private static Object field(Object value) {
        if (!(value instanceof Double number)) {
            return value;
        }
        return Double.isFinite(number)
                ? new BigDecimal(number)
                        .round(new MathContext(9))
                        .stripTrailingZeros()
                        .toPlainString()
                : "";
    }
}
