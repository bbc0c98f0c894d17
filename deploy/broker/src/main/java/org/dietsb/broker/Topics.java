package org.dietsb.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;

/** Makes the topics of the one list, deploy/topics.json, with the partitions and settings it gives them. */
final class Topics {
    private Topics() {}

    /** A topic of another version is there, with other partitions than the list says. */
    static final class OtherTopicsException extends Exception {
        private static final long serialVersionUID = 1L;

        OtherTopicsException(String message) {
            super(message);
        }
    }

    /** Makes what is not there yet; what is there gets the settings of the list, and must have its partitions. */
    static void make(Map<String, Object> client)
            throws IOException, InterruptedException, ExecutionException, OtherTopicsException {
        try (Admin admin = Admin.create(client)) {
            Set<String> there = admin.listTopics().names().get();
            List<NewTopic> listed = list();
            List<NewTopic> older = listed.stream()
                    .filter(topic -> there.contains(topic.name()))
                    .toList();
            mustHaveTheirPartitions(admin, older);
            admin.createTopics(listed.stream()
                            .filter(topic -> !there.contains(topic.name()))
                            .toList())
                    .all()
                    .get();
            admin.incrementalAlterConfigs(settings(older)).all().get();
        }
    }

    private static void mustHaveTheirPartitions(Admin admin, List<NewTopic> topics)
            throws InterruptedException, ExecutionException, OtherTopicsException {
        Map<String, TopicDescription> descriptions = admin.describeTopics(
                        topics.stream().map(NewTopic::name).toList())
                .allTopicNames()
                .get();
        for (NewTopic topic : topics) {
            TopicDescription description = descriptions.get(topic.name());
            int have = description == null ? 0 : description.partitions().size();
            if (have != topic.numPartitions()) {
                throw new OtherTopicsException("topic " + topic.name() + " has " + have
                        + " partitions, topics.json lists " + topic.numPartitions());
            }
        }
    }

    private static Map<ConfigResource, Collection<AlterConfigOp>> settings(List<NewTopic> topics) {
        Map<ConfigResource, Collection<AlterConfigOp>> settings = new HashMap<>();
        for (NewTopic topic : topics) {
            List<AlterConfigOp> set = new ArrayList<>();
            topic.configs()
                    .forEach((name, value) ->
                            set.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
            settings.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), set);
        }
        return settings;
    }

    /** The list as it is built in. */
    static List<NewTopic> list() throws IOException {
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
