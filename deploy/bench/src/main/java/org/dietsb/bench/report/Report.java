package org.dietsb.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.launcher.text.Table;
import org.dietsb.testbed.Spread;
import org.jspecify.annotations.Nullable;

/**
 * The results of a benchmark, as a table and as JSON.
 *
 * @param unit of the compared values; null if these are ratios
 */
public record Report(String machine, @Nullable String unit, List<Row> rows) {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** No benchmark is more precise than four digits. */
    private static final MathContext DIGITS = new MathContext(4);

    /** Copies the rows. */
    public Report {
        rows = List.copyOf(rows);
    }

    /** Creates a report of ratios. */
    public Report(String machine, List<Row> rows) {
        this(machine, null, rows);
    }

    /** Returns one line per row: its figures, its value with the extremes of all rounds, and its limit. */
    String table() {
        Set<String> figures = new LinkedHashSet<>();
        rows.forEach(row -> row.figures().forEach((name, value) -> {
            if (!(value instanceof Map)) {
                figures.add(name);
            }
        }));
        List<String> headings = new ArrayList<>(List.of("benchmark"));
        headings.addAll(figures);
        headings.addAll(List.of((unit == null ? "ratio" : unit) + " (min - max)", "limit", ""));
        Table table = new Table(headings);
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.name()));
            figures.forEach(name -> cells.add(text(row.figures().get(name))));
            Spread value = row.spread();
            Limit limit = row.limit();
            cells.add(text(value.median()) + " (" + text(value.min()) + " - " + text(value.max()) + ")");
            cells.add(limit == null ? "" : limit.sign() + text(limit.bound()));
            cells.add(limit == null || limit.isKeptBy(value.median()) ? "" : "missed");
            table.row(cells);
        }
        return table + machine + System.lineSeparator();
    }

    private static String text(@Nullable Object value) {
        if (value instanceof Double number) {
            BigDecimal rounded = new BigDecimal(number).round(DIGITS);
            int missing = DIGITS.getPrecision() - rounded.precision();
            return rounded.setScale(Math.max(0, rounded.scale() + missing)).toPlainString();
        }
        return value == null ? "" : value.toString();
    }

    /**
     * Returns the report as JSON: {@code {"machine": .., "rows": [{"name", "ratio", "limit", "min", "max", ..}]}}, with
     * "value" and "unit" instead of "ratio" if the rows compare other values.
     */
    byte[] json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("machine", machine);
        report.put("rows", rows.stream().map(this::json).toList());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Map<String, @Nullable Object> json(Row row) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("name", row.name());
        json.put(unit == null ? "ratio" : "value", rounded(row.spread().median()));
        if (unit != null) {
            json.put("unit", unit);
        }
        json.put("limit", row.limit() == null ? null : row.limit().bound());
        json.put("min", rounded(row.spread().min()));
        json.put("max", rounded(row.spread().max()));
        row.figures().forEach((name, value) -> json.put(name, rounded(value)));
        return json;
    }

    private static Object rounded(Object figure) {
        if (figure instanceof Map<?, ?> parts) {
            Map<Object, Object> rounded = new LinkedHashMap<>();
            parts.forEach((name, value) -> rounded.put(name, rounded(value)));
            return rounded;
        }
        return figure instanceof Double number
                ? new BigDecimal(number).round(DIGITS).doubleValue()
                : figure;
    }
}
