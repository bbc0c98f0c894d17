package org.dietsb.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dietsb.launcher.text.Table;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark found, as a table and as JSON.
 *
 * @param unit of what the rows compare; null where these are ratios
 */
record Report(String machine, @Nullable String unit, List<Row> rows) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final MathContext DIGITS = new MathContext(4);

    /** Copies the rows. */
    Report {
        rows = List.copyOf(rows);
    }

    /** Of ratios. */
    Report(String machine, List<Row> rows) {
        this(machine, null, rows);
    }

    /** A row a line: its figures, its value with the least and the largest of all rounds, and its limit. */
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
            cells.add("%s (%s - %s)".formatted(text(value.median()), text(value.min()), text(value.max())));
            cells.add(words(row.limit()));
            cells.add(row.limit() == null || row.limit().isKeptBy(value.median()) ? "" : "missed");
            table.row(cells);
        }
        return table + machine + System.lineSeparator();
    }

    private static String words(@Nullable Limit limit) {
        if (limit == null) {
            return "";
        }
        return limit.sign() + text(limit.bound());
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
     * The same as JSON: {@code {"machine": .., "rows": [{"name", "ratio", "limit", "min", "max", ..}]}}, and where rows compare
     * something else, "value" and "unit" in the place of "ratio".
     */
    byte[] json() {
        ObjectNode report = JSON.createObjectNode().put("machine", machine);
        ArrayNode array = report.putArray("rows");
        for (Row row : rows) {
            ObjectNode node = array.addObject().put("name", row.name());
            node.put(unit == null ? "ratio" : "value", rounded(row.spread().median()));
            if (unit != null) {
                node.put("unit", unit);
            }
            Limit limit = row.limit();
            node.put("limit", limit == null ? null : Double.valueOf(limit.bound()));
            node.put("min", rounded(row.spread().min()));
            node.put("max", rounded(row.spread().max()));
            row.figures().forEach((name, value) -> node.set(name, json(value)));
        }
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode json(Object figure) {
        if (figure instanceof Map<?, ?> parts) {
            ObjectNode node = JSON.createObjectNode();
            parts.forEach((name, value) -> node.set(String.valueOf(name), json(value)));
            return node;
        }
        return JSON.valueToTree(figure instanceof Double number ? rounded(number) : figure);
    }

    /** Four digits tell more than a benchmark knows. */
    private static double rounded(double value) {
        return new BigDecimal(value).round(DIGITS).doubleValue();
    }
}
