package org.dietsb.launcher.report;

import org.dietsb.launcher.result.Result;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Setting;

/** The report's figures as comma-separated values (RFC 4180). */
public final class CsvReport {
    private CsvReport() {}

    /** A line a run, controls too. */
    public static String runs(Evidence evidence) {
        StringBuilder csv =
                new StringBuilder("dataset,limit,model,epochs,method,rates,control,seed,accuracy,total_pruned,"
                        + "pre_pruned,seconds_per_epoch,trained_per_epoch,selection_per_epoch,passes,seconds,fingerprint,device,"
                        + "side_by_side,run\n");
        for (Result result : evidence.all()) {
            Cell cell = result.run().cell();
            Setting setting = cell.setting();
            csv.append(line(
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
                    result.run().key()));
        }
        return csv.toString();
    }

    /** A line a point of a chart; n = 0: what chance gives. */
    public static String figures(List<Panel> panels) {
        StringBuilder csv = new StringBuilder("panel,chart,series,control,x,mean,standard_deviation,n\n");
        for (Panel panel : panels) {
            for (Chart chart : panel.charts()) {
                for (Chart.Series series : chart.series()) {
                    for (Chart.Point point : series.points()) {
                        Object x = chart.bars() ? chart.categories().get((int) point.x()) : (Object) point.x();
                        csv.append(line(
                                panel.heading(),
                                chart.title(),
                                series.name(),
                                series.control(),
                                x,
                                point.mean(),
                                Double.isNaN(point.spread()) ? "" : point.spread(),
                                point.n()));
                    }
                }
            }
        }
        return csv.toString();
    }

    private static String line(Object... values) {
        return Stream.of(values).map(CsvReport::field).collect(Collectors.joining(",")) + "\n";
    }

    private static String field(Object value) {
        String text = value instanceof Double number ? text(number) : value.toString();
        return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** To nine digits. */
    private static String text(double number) {
        return Double.isFinite(number)
                ? new BigDecimal(number)
                        .round(new MathContext(9))
                        .stripTrailingZeros()
                        .toPlainString()
                : "";
    }
}
