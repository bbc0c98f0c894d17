package org.dietsb.selector.swap;

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
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Bodies of requests, read without guessing: a number in quotes is none, and an unknown key is an error. */
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

    private StrictJson() {}

    /**
     * Reads a body.
     *
     * @param what it should be, in words
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public static <T> T read(@Nullable String json, Class<T> type, String what) {
        if (json == null || json.isBlank()) {
            throw new IllegalArgumentException("the body is missing, it should be " + what);
        }
        JsonNode body;
        try {
            body = STRICT.readTree(json);
        } catch (JsonProcessingException noJson) {
            throw new IllegalArgumentException("the body is not JSON", noJson);
        }
        if (!body.isObject()) {
            throw new IllegalArgumentException("the body is no JSON object, it should be " + what);
        }
        try {
            return STRICT.treeToValue(body, type);
        } catch (UnrecognizedPropertyException unknown) {
            throw new IllegalArgumentException(
                    path(unknown) + " is no key of this body, allowed are "
                            + Objects.requireNonNull(unknown.getKnownPropertyIds()).stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                    unknown);
        } catch (JsonMappingException wrong) {
            JsonNode value = body.at("/" + path(wrong).replace('.', '/'));
            throw new IllegalArgumentException(
                    path(wrong) + " is " + (value.isValueNode() ? value.asText() : value) + ", allowed is "
                            + kind(wrong),
                    wrong);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("the body is not " + what, wrong);
        }
    }

    /** Where in the body, e.g. {@code policy.keep} or {@code losses.3}. */
    private static String path(JsonMappingException wrong) {
        return wrong.getPath().stream()
                .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
                .collect(Collectors.joining("."));
    }

    private static String kind(JsonMappingException wrong) {
        Class<?> type = wrong instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        // Jackson names a list as the type of its elements' mistakes.
        boolean element = !wrong.getPath().isEmpty()
                && wrong.getPath().get(wrong.getPath().size() - 1).getFieldName() == null;
        if (type == Double.class || element) {
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
        return type == PolicyJson.class ? "a policy, as a JSON object" : "an integer";
    }
}
