package org.dietsb.trainer.topic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The one list of topics (deploy/topics.json), as it was packaged with this service. */
@ApplicationScoped
public class TopicList {
    private final Map<String, Integer> partitions = new LinkedHashMap<>();

    TopicList() {
        try (InputStream json = Thread.currentThread().getContextClassLoader().getResourceAsStream("topics.json")) {
            for (JsonNode topic : new ObjectMapper().readTree(json).get("topics")) {
                partitions.put(
                        topic.get("name").asText(), topic.get("partitions").asInt());
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException("topics.json is not readable", unreadable);
        }
    }

    public int partitions(String topic) {
        Integer count = partitions.get(topic);
        if (count == null) {
            throw new IllegalArgumentException("topic " + topic + " is not in topics.json");
        }
        return count;
    }
}
