package org.dietsb.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics of the one list, deploy/topics.json, with the partitions and settings it gives them. */
final class Topics {
    private Topics() {}

    /** Makes what is not there yet; topics that are there stay as they are. */
    static void make(String bootstrapServers) throws IOException, InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
            for (var making : admin.createTopics(list()).values().entrySet()) {
                try {
                    making.getValue().get();
                } catch (ExecutionException failed) {
                    if (!(failed.getCause() instanceof TopicExistsException)) {
                        throw failed;
                    }
                }
            }
        }
    }

    private static List<NewTopic> list() throws IOException {
        try (InputStream json = Topics.class.getResourceAsStream("/topics.json")) {
            List<NewTopic> topics = new ArrayList<>();
            for (JsonNode topic : new ObjectMapper().readTree(json).get("topics")) {
                Map<String, String> settings = new HashMap<>();
                topic.get("config")
                        .properties()
                        .forEach(setting -> settings.put(
                                setting.getKey(), setting.getValue().asText()));
                topics.add(new NewTopic(
                                topic.get("name").asText(),
                                topic.get("partitions").asInt(),
                                (short) 1)
                        .configs(settings));
            }
            return topics;
        }
    }
}
