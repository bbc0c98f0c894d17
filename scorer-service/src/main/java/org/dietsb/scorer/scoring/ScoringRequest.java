package org.dietsb.scorer.scoring;

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

/** The body of POST /scorings, unchecked; what is left out has its default. */
record ScoringRequest(
        @Nullable String id,
        @Nullable String dataset,
        @Nullable String dataDir,
        @Nullable Integer limit,
        @Nullable Integer imageSize,
        @Nullable String model,
        @Nullable String modelFile,
        @Nullable String modelChecksum,
        @Nullable Integer members,
        @Nullable Integer scoringEpochs,
        @Nullable Integer epochs,
        @Nullable Integer batchSize,
        @Nullable Integer window,
        @Nullable Double learningRate,
        @Nullable String schedule,
        @Nullable Double warmupEpochs,
        @Nullable Double momentum,
        @Nullable Double weightDecay,
        @Nullable String augment,
        @Nullable Long seed) {

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual, config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    /**
     * Reads a body.
     *
     * @throws IllegalArgumentException naming what is wrong with it
     */
    static ScoringRequest parse(@Nullable String json) {
        JsonNode body = body(json);
        try {
            return STRICT.treeToValue(body, ScoringRequest.class);
        } catch (UnrecognizedPropertyException unknown) {
            throw new IllegalArgumentException(
                    unknown.getPropertyName() + " is no key of a scoring, allowed are "
                            + Objects.requireNonNull(unknown.getKnownPropertyIds()).stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", ")),
                    unknown);
        } catch (JsonMappingException wrong) {
            String key = wrong.getPath().isEmpty()
                    ? ""
                    : String.valueOf(wrong.getPath().get(0).getFieldName());
            throw new IllegalArgumentException(
                    key + " is " + body.path(key).asText() + ", allowed is " + kind(wrong), wrong);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException("the body is not that of a scoring", wrong);
        }
    }

    /** A body that is left out asks for the defaults. */
    private static JsonNode body(@Nullable String json) {
        JsonNode body;
        try {
            body = STRICT.readTree(json == null || json.isBlank() ? "{}" : json);
        } catch (JsonProcessingException noJson) {
            throw new IllegalArgumentException("the body is not JSON", noJson);
        }
        if (!body.isObject()) {
            throw new IllegalArgumentException("the body is " + body + ", allowed is a JSON object");
        }
        return body;
    }

    private static String kind(JsonMappingException wrong) {
        Class<?> type = wrong instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == Double.class) {
            return "a number";
        }
        return type == String.class ? "a string" : "an integer";
    }
}
