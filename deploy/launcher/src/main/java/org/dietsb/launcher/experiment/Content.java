package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Map;
import org.dietsb.contracts.Sha256;
import org.dietsb.launcher.text.Json;

/** Names a request by its content. Equal content has an equal name, regardless of the order of keys. */
final class Content {
    private static final int DIGITS = 12;

    private Content() {}

    static String of(JsonNode request) {
        try {
            // Converted to maps, because only map entries can be sorted.
            String canonical = Json.MAPPER
                    .writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsString(Json.MAPPER.treeToValue(request, Map.class));
            return Sha256.hex(canonical).substring(0, DIGITS);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
