package org.dietsb.contracts.field;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes fields of requests in the keywords of JSON Schema, for documents of the interface. */
public final class FieldSchema {
    private FieldSchema() {}

    /** Returns the fields of an order of a run, by their names in JSON; without its policy. */
    public static Map<String, Map<String, Object>> ofOrder() {
        Map<String, Map<String, Object>> fields = of(Arrays.asList(OrderField.values()));
        // In JSON a list; the commas are for forms.
        fields.getOrDefault(OrderField.TAGS.label(), new LinkedHashMap<>()).put("type", "array");
        return fields;
    }

    /** Returns the fields of an order of a scoring, by their names in JSON. */
    public static Map<String, Map<String, Object>> ofScoring() {
        Map<String, Map<String, Object>> fields = of(Arrays.stream(OrderField.values())
                .filter(OrderField::isOfScorings)
                .toList());
        fields.putAll(of(Arrays.asList(ScoringField.values())));
        return fields;
    }

    private static Map<String, Map<String, Object>> of(List<? extends Field> fields) {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        for (Field field : fields) {
            all.put(field.label(), of(field, field.usual()));
        }
        return all;
    }

    /**
     * Returns the keywords of a field.
     *
     * @param usual its default as it would be typed; empty if the document has to state none
     */
    public static Map<String, Object> of(Field field, String usual) {
        Map<String, Object> keywords = new LinkedHashMap<>();
        keywords.put(
                "type",
                switch (field.type()) {
                    case TEXT, CHOICE -> "string";
                    case WHOLE -> "integer";
                    case NUMBER, SHARE -> "number";
                    case FLAG -> "boolean";
                });
        keywords.put("description", description(field));
        if (!field.choices().isEmpty()) {
            keywords.put("enum", field.choices());
        }
        if (!usual.isEmpty()) {
            keywords.put("default", value(field, usual));
        }
        bounds(field.range(), keywords);
        return keywords;
    }

    private static String description(Field field) {
        String unit = field.unit().isEmpty() ? "" : " (" + field.unit() + ")";
        String allowed =
                switch (field.type()) {
                    case WHOLE, NUMBER -> field.range() == null ? "" : "; allowed is " + field.allowed();
                    case SHARE -> "; allowed is " + field.allowed() + ", also as text: 1/2, 50 %";
                    case TEXT -> field.allowed().equals("a text") ? "" : "; allowed is " + field.allowed();
                    case CHOICE, FLAG -> "";
                };
        return field.title() + unit + ": " + field.meaning() + allowed;
    }

    private static void bounds(@Nullable Range range, Map<String, Object> keywords) {
        if (range != null) {
            keywords.put(range.closedBelow() ? "minimum" : "exclusiveMinimum", range.least());
            keywords.put(range.closedAbove() ? "maximum" : "exclusiveMaximum", range.most());
        }
    }

    private static Object value(Field field, String usual) {
        return switch (field.type()) {
            case TEXT, CHOICE -> usual;
            case WHOLE -> Long.parseLong(usual);
            case NUMBER -> Double.parseDouble(usual);
            case SHARE -> Share.parse(usual);
            case FLAG -> Boolean.parseBoolean(usual);
        };
    }
}
