package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;

/** What the selector tells of recorded masks. */
final class Records {
    static final String PATH = "/mask-records";

    private Records() {}

    /** What is recorded of this run; empty if nothing is yet. */
    static JsonNode of(Rest selector, String runId) {
        for (JsonNode record : selector.get(PATH)) {
            if (record.path("runId").asText().equals(runId)) {
                return record;
            }
        }
        return Rest.JSON.createObjectNode();
    }
}
