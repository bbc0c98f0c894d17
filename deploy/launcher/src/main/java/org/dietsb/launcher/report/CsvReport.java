package org.dietsb.launcher.report;

import org.dietsb.launcher.text.Format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Setting;

/** Writes the figures of the report as comma-separated values (RFC 4180). */
public final class CsvReport {
    private CsvReport() {}

    /** Returns one line per run, including controls. */
    public static String runs(Evidence evidence) {
        return csv(
                evidence.all().stream().map(CsvReport::run),
                "dataset",
                "limit",
                "model",
                "epochs",
                "method",
                "rates",
                "control",
                "seed",
                "accuracy",
                "total_pruned",
                "pre_pruned",
                "seconds_per_epoch",
                "trained_per_epoch",
                "selection_per_epoch",
                "passes",
                "seconds",
                "fingerprint",
                "device",
                "side_by_side",
                "run");
    }

    private static Object[] run(Result result) {
        Cell cell = result.run().cell();
        Setting setting = cell.setting();
        return new Object[] {
            setting.dataset(),
            setting.limit(),
            setting.model(),
            setting.epochs(),
            cell.series(),
            cell.rates(),
            cell.isControl(),
            result.run().seed(),
            result.accuracy(),
            result.totalPruned(),
            result.prePruned(),
            result.secondsPerEpoch(),
            result.trainedPerEpoch(),
            result.selectionPerEpoch(),
            result.passes(),
            result.seconds(),
            result.fingerprint(),
            result.device(),
            result.sideBySide(),
            result.run().key()
        };
    }

    /** Returns one line per point of a chart. Points of chance have n = 0. */
    public static String figures(List<Panel> panels) {
        Stream<Object[]> points = panels.stream().flatMap(panel -> panel.charts().stream()
                .flatMap(chart -> chart.series().stream().flatMap(series -> series.points().stream()
                        .map(point -> new Object[] {
                            panel.heading(),
                            chart.title(),
                            series.name(),
                            series.control(),
                            chart.bars() ? chart.categories().get((int) point.x()) : (Object) point.x(),
                            point.mean(),
                            point.spread(),
                            point.n()
                        }))));
        return csv(points, "panel", "chart", "series", "control", "x", "mean", "standard_deviation", "n");
    }

    private static String csv(Stream<Object[]> rows, String... header) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setRecordSeparator('\n')
                .setHeader(header)
                .get();
        StringBuilder csv = new StringBuilder();
        try (CSVPrinter printer = new CSVPrinter(csv, format)) {
            for (Object[] row : (Iterable<Object[]>) rows::iterator) {
                printer.printRecord(Stream.of(row).map(CsvReport::field));
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
