package org.dietsb.launcher.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;

/** JSON as the services and result files use it. */
public final class Json {
    public static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    public static byte[] bytes(JsonNode tree) {
        try {
            return MAPPER.writeValueAsBytes(tree);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Adds up a field of the elements of an array; missing fields count as 0. */
    public static double sum(JsonNode array, String field) {
        return array.valueStream()
                .mapToDouble(element -> element.path(field).asDouble())
                .sum();
    }

    /** Returns a function that reads a value as text; a dash if it is missing. */
    public static Function<JsonNode, String> text(String pointer) {
        return node -> node.at(pointer).asText("-");
    }

    public static List<JsonNode> elements(JsonNode array) {
        return array.valueStream().toList();
    }

    public static double[] doubles(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }
}
