package org.dietsb.kit.door;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.media.Schema;

/**
 * What the OpenAPI document states of the fields of request bodies, from the source that refusals are made from. Each service produces one.
 *
 * @param fields keywords of JSON Schema, by schema and field; a field without keywords is taken out of the schema
 */
public record DescribedBodies(Map<String, Map<String, Map<String, Object>>> fields) {
    public DescribedBodies {
        fields = Map.copyOf(fields);
    }

    /** Describes the fields; what the schemas state already stays if there is no keyword for it. */
    void describe(Components components) {
        fields.forEach((name, described) -> {
            Schema body = components.getSchemas().get(name);
            if (body == null) {
                throw new IllegalStateException("the OpenAPI document has no schema " + name);
            }
            Map<String, Schema> properties = new LinkedHashMap<>(body.getProperties());
            described.forEach((field, keywords) -> {
                if (keywords.isEmpty()) {
                    properties.remove(field);
                } else {
                    keywords.forEach((keyword, value) -> set(
                            properties.computeIfAbsent(field, absent -> OASFactory.createSchema()), keyword, value));
                }
            });
            body.setProperties(properties);
        });
    }

    private static void set(Schema schema, String keyword, Object value) {
        switch (keyword) {
            case "type" ->
                schema.setType(
                        List.of(Schema.SchemaType.valueOf(String.valueOf(value).toUpperCase(Locale.ROOT))));
            case "description" -> schema.setDescription(String.valueOf(value));
            case "enum" -> schema.setEnumeration(List.copyOf((List<?>) value));
            case "default" -> schema.setDefaultValue(value);
            case "minimum" -> schema.setMinimum(decimal(value));
            case "maximum" -> schema.setMaximum(decimal(value));
            case "exclusiveMinimum" -> schema.setExclusiveMinimum(decimal(value));
            case "exclusiveMaximum" -> schema.setExclusiveMaximum(decimal(value));
            default -> throw new IllegalArgumentException("keyword is " + keyword + ", allowed are those above");
        }
    }

    /** Returns the number without a fraction that is zero. */
    private static BigDecimal decimal(Object value) {
        BigDecimal number = new BigDecimal(String.valueOf(value)).stripTrailingZeros();
        return number.scale() < 0 ? number.setScale(0) : number;
    }
}
