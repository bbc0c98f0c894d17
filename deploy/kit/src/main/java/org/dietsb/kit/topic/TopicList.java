package org.dietsb.kit.topic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The project's list of topics, {@code deploy/topics.json}, as packaged with this module. */
@ApplicationScoped
public class TopicList {
    private final Map<String, Integer> partitions = new HashMap<>();

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

    /**
     * Returns the number of partitions of a topic.
     *
     * @throws IllegalArgumentException if the topic is not in the list
     */
    public int partitions(String topic) {
        Integer count = partitions.get(topic);
        if (count == null) {
            throw new IllegalArgumentException("topic " + topic + " is not in topics.json");
        }
        return count;
    }
}
