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
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
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
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public static <T> T read(@Nullable String json, Class<T> type, String what) {
        if (json == null || json.isBlank()) {
            throw new IllegalArgumentException("the body is missing, it should be " + what);
        }
        JsonNode body;
        try {
            body = STRICT.readTree(json);
        } catch (JsonProcessingException malformed) {
            throw new IllegalArgumentException("the body is not JSON", malformed);
        }
        if (!body.isObject()) {
            throw new IllegalArgumentException("the body is not a JSON object, it should be " + what);
        }
        try {
            return STRICT.treeToValue(body, type);
        } catch (UnrecognizedPropertyException unknown) {
            throw new IllegalArgumentException(
                    path(unknown) + " is not a key of " + what + ", allowed are "
                            + Objects.requireNonNull(unknown.getKnownPropertyIds()).stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                    unknown);
        } catch (JsonMappingException wrong) {
            if (wrong.getCause() instanceof UnknownKeyException unknown) {
                String within = path(wrong);
                throw new IllegalArgumentException(
                        (within.isEmpty() ? "" : within + ".") + unknown.key + " is not a key of " + what
                                + ", allowed are " + String.join(", ", unknown.allowed),
                        wrong);
            }
            JsonNode value = body.at("/" + path(wrong).replace('.', '/'));
            throw new IllegalArgumentException(
                    path(wrong) + " is " + (value.isValueNode() ? value.asText() : value) + ", allowed is "
                            + allowed(wrong),
                    wrong);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("the body is not " + what, wrong);
        }
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
