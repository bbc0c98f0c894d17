package org.dietsb.contracts.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.FieldSchema;

/**
 * Describes {@link PolicyJson} in the keywords of JSON Schema. Defaults are stated in words: a client that fills them in by itself would
 * send fields that a kind of policy does not have.
 */
public final class PolicySchema {
    private PolicySchema() {}

    /** Returns the fields by their names in JSON; one without keywords is not in JSON. */
    public static Map<String, Map<String, Object>> fields() {
        Map<String, Map<String, Object>> all = new LinkedHashMap<>();
        all.put(
                "kind",
                Map.of(
                        "type",
                        "string",
                        "description",
                        "Kind: how examples are selected, see GET /policies of the selector",
                        "enum",
                        Stream.of(PolicyKind.values()).map(PolicyKind::label).toList()));
        for (PolicyField field : PolicyField.values()) {
            all.put(field.label(), described(field, field.usualWords()));
        }
        for (Parameter parameter : Parameter.values()) {
            List<String> kinds = Stream.of(PolicyKind.values())
                    .filter(kind -> kind.parameters().contains(parameter))
                    .map(PolicyKind::label)
                    .toList();
            all.put(
                    parameter.label(),
                    described(parameter, parameter.usual() + "; only of kind " + String.join(", ", kinds)));
        }
        all.put("numbers", Map.of());
        return all;
    }

    private static Map<String, Object> described(Field field, String usual) {
        Map<String, Object> keywords = FieldSchema.of(field, "");
        keywords.computeIfPresent(
                "description", (key, text) -> text + (usual.isEmpty() ? "" : "; default is " + usual));
        return keywords;
    }
}
