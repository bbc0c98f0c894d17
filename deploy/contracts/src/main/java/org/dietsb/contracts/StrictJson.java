package org.dietsb.contracts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.dietsb.contracts.field.Share;
import org.jspecify.annotations.Nullable;

/** Reads request bodies without coercion: a number in quotes is not a number, and an unknown key is an error. */
public final class StrictJson {
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual, config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /** Says that an object which collects keys of several names has one that it does not know. */
    public static final class UnknownKeyException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final String key;
        private final transient List<String> allowed;

        /** Creates one for a key, with the keys that are known. */
        public UnknownKeyException(String key, List<String> allowed) {
            super(key + " is not a key, allowed are " + String.join(", ", allowed));
            this.key = key;
            this.allowed = allowed;
        }
    }

    private StrictJson() {}

    /**
     * Reads a body.
     *
     * @param what the body should be, e.g. {@code a policy}
     * @throws RefusedException naming each wrong field, its value and what is allowed
     */
    public static <T> T read(@Nullable String json, Class<T> type, String what) {
        Violations wrong = new Violations();
        T value = read(json, type, what, wrong);
        wrong.orThrow();
        return value;
    }

    /**
     * Reads a body without its wrong keys, as if these were missing.
     *
     * @param what the body should be, e.g. {@code a policy}
     * @param wrong takes each wrong field, its value and what is allowed
     * @throws IllegalArgumentException if the body is no object, or its fields do not go together
     */
    public static <T> T read(@Nullable String json, Class<T> type, String what, Violations wrong) {
        ObjectNode body = body(json, what);
        try {
            return STRICT.treeToValue(body, type);
        } catch (JsonProcessingException first) {
            return withoutWrongKeys(body, type, what, wrong, first);
        }
    }

    private static <T> T withoutWrongKeys(
            ObjectNode body, Class<T> type, String what, Violations wrong, JsonProcessingException first) {
        ObjectNode right = STRICT.createObjectNode();
        body.properties().forEach(one -> {
            List<Violation> found = violations(body, one.getKey(), one.getValue(), type, what, part -> part);
            found.forEach(violation -> wrong.add(violation.field(), violation.message()));
            if (found.isEmpty()) {
                right.set(one.getKey(), one.getValue());
            }
        });
        try {
            return STRICT.treeToValue(right, type);
        } catch (JsonProcessingException notOfKeys) {
            wrong.orThrow();
            throw new RefusedException(List.of(violation(first, body, what)));
        }
    }

    /** Returns what is wrong with a key, alone: with one of its own keys if its value is an object, else with its value. */
    private static List<Violation> violations(
            ObjectNode body, String key, JsonNode value, Class<?> type, String what, UnaryOperator<JsonNode> outer) {
        UnaryOperator<JsonNode> within =
                part -> outer.apply(STRICT.createObjectNode().set(key, part));
        try {
            var unused = STRICT.treeToValue(within.apply(value), type);
            return List.of();
        } catch (ValueInstantiationException needsOthers) {
            if (!(needsOthers.getCause() instanceof UnknownKeyException)) {
                return List.of();
            }
            return inside(body, value, type, what, within, needsOthers);
        } catch (JsonProcessingException refused) {
            return inside(body, value, type, what, within, refused);
        }
    }

    private static List<Violation> inside(
            ObjectNode body,
            JsonNode value,
            Class<?> type,
            String what,
            UnaryOperator<JsonNode> within,
            JsonProcessingException refused) {
        List<Violation> found = !value.isObject()
                ? List.of()
                : value.properties().stream()
                        .flatMap(one -> violations(body, one.getKey(), one.getValue(), type, what, within).stream())
                        .toList();
        return found.isEmpty() ? List.of(violation(refused, body, what)) : found;
    }

    private static ObjectNode body(@Nullable String json, String what) {
        if (json == null || json.isBlank()) {
            throw new IllegalArgumentException("the body is missing, it should be " + what);
        }
        JsonNode body;
        try {
            body = STRICT.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("the body is not JSON", malformed);
        }
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("the body is not a JSON object, it should be " + what);
    }

    private static Violation violation(JsonProcessingException refused, JsonNode body, String what) {
        if (refused instanceof UnrecognizedPropertyException unknown) {
            return new Violation(
                    path(unknown),
                    path(unknown) + " is not a key of " + what + ", allowed are "
                            + Objects.requireNonNull(unknown.getKnownPropertyIds()).stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
        }
        if (!(refused instanceof JsonMappingException wrong)) {
            return new Violation("", "the body is not " + what);
        }
        if (wrong.getCause() instanceof UnknownKeyException unknown) {
            String within = path(wrong);
            String key = (within.isEmpty() ? "" : within + ".") + unknown.key;
            return new Violation(
                    key, key + " is not a key of " + what + ", allowed are " + String.join(", ", unknown.allowed));
        }
        JsonNode value = body.at("/" + path(wrong).replace('.', '/'));
        return new Violation(
                path(wrong),
                path(wrong) + " is " + (value.isValueNode() ? value.asText() : value) + ", allowed is "
                        + allowed(wrong));
    }

    /** Returns the place in the body, e.g. {@code policy.keep} or {@code losses.3}. */
    private static String path(JsonMappingException wrong) {
        return wrong.getPath().stream()
                .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String allowed(JsonMappingException wrong) {
        Class<?> type = wrong instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        List<JsonMappingException.Reference> path = wrong.getPath();
        String field = path.isEmpty() ? "" : path.get(path.size() - 1).getFieldName();
        if (type == Share.class) {
            return Share.ALLOWED;
        }
        // For an element of a list, Jackson reports the type of the list.
        if (type == Double.class || field == null) {
            return "a number";
        }
        if (type == float[].class) {
            return "a list of numbers";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        if (type == String.class) {
            return "a string";
        }
        return type != null && type.isRecord() ? "a " + field + ", as a JSON object" : "an integer";
    }
}
