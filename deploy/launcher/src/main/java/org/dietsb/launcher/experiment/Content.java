package org.dietsb.launcher.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import org.dietsb.contracts.Sha256;

/** What a request asks for, as a short name: equal for equal content, whatever the order of its keys. */
final class Content {
    private static final JsonMapper SORTED = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final int DIGITS = 12;

    private Content() {}

    static String of(JsonNode request) {
        try {
            // As maps, since the order of a tree's keys is that in which they came.
            String canonical = SORTED.writeValueAsString(SORTED.treeToValue(request, Map.class));
            return Sha256.hex(canonical).substring(0, DIGITS);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
