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
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;

/** Creates the topics listed in deploy/topics.json, with their partitions and settings. */
final class Topics {
    private static final int TRIES = 600;
    private static final int PAUSE_MILLIS = 50;

    private Topics() {}

    /** Thrown if a topic of another version exists, with other partitions than listed. */
    static final class OtherTopicsException extends Exception {
        private static final long serialVersionUID = 1L;

        OtherTopicsException(String message) {
            super(message);
        }
    }

    /** Creates missing topics; existing ones get the listed settings, and must have the listed partitions. */
    static void make(Map<String, Object> client, String prefix)
            throws IOException, InterruptedException, ExecutionException, OtherTopicsException {
        try (Admin admin = Admin.create(client)) {
            Set<String> there = admin.listTopics().names().get();
            List<NewTopic> listed = list(prefix);
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
            awaitLeaders(admin, listed);
        }
    }

    /**
     * Waits until the broker leads every partition, which it does shortly after the topics exist. A producer that sends several
     * batches before may be refused the first and not the second, and then the first again and again for two minutes.
     */
    private static void awaitLeaders(Admin admin, List<NewTopic> topics)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (NewTopic topic : topics) {
            for (int partition = 0; partition < topic.numPartitions(); partition++) {
                all.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
            }
        }
        for (int tries = 1; ; tries++) {
            try {
                admin.listOffsets(all).all().get();
                return;
            } catch (ExecutionException early) {
                if (!(early.getCause() instanceof RetriableException) || tries == TRIES) {
                    throw early;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
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
        return topics.stream()
                .collect(Collectors.toMap(
                        topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()),
                        topic -> topic.configs().entrySet().stream()
                                .map(one -> new ConfigEntry(one.getKey(), one.getValue()))
                                .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
                                .toList()));
    }

    /** Returns the topics of the list, their names with the prefix. */
    static List<NewTopic> list(String prefix) throws IOException {
        try (InputStream json = Topics.class.getResourceAsStream("/topics.json")) {
            List<NewTopic> topics = new ArrayList<>();
            for (JsonNode topic : new ObjectMapper().readTree(json).get("topics")) {
                Map<String, String> settings = new HashMap<>();
                topic.get("config")
                        .properties()
                        .forEach(setting -> settings.put(
                                setting.getKey(), setting.getValue().asText()));
                topics.add(new NewTopic(
                                prefix + topic.get("name").asText(),
                                topic.get("partitions").asInt(),
                                (short) 1)
                        .configs(settings));
            }
            return topics;
        }
    }
}
