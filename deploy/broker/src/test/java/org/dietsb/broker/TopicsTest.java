package org.dietsb.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

class TopicsTest {
    private final Map<String, NewTopic> topics;

    TopicsTest() throws IOException {
        topics = Topics.list("").stream().collect(Collectors.toMap(NewTopic::name, Function.identity()));
    }

    private NewTopic topic(String name) {
        return Objects.requireNonNull(topics.get(name));
    }

    @Test
    void everyTopicIsListedOnce() {
        assertThat(topics.keySet())
                .contains(
                        "training-orders",
                        "proxy-orders",
                        "batch-losses",
                        "backprop-masks",
                        "selector-policies",
                        "prediction-errors",
                        "el2n-scores",
                        "run-events",
                        "selection-reports",
                        "mask-records");
    }

    @Test
    void masksHaveAsManyPartitionsAsLosses() {
        assertThat(topic("backprop-masks").numPartitions())
                .isEqualTo(topic("batch-losses").numPartitions());
    }

    @Test
    void topicsThatEveryServiceReadsWholeHaveOnePartition() {
        for (String name : List.of("selector-policies", "el2n-scores", "run-events", "selection-reports")) {
            assertThat(topic(name).numPartitions()).as(name).isEqualTo(1);
        }
    }

    @Test
    void topicsOfStateAreCompacted() {
        assertThat(topic("el2n-scores").configs()).containsEntry("cleanup.policy", "compact");
        assertThat(topic("run-events").configs()).containsEntry("cleanup.policy", "compact");
        assertThat(topic("selection-reports").configs()).containsEntry("cleanup.policy", "compact,delete");
        assertThat(topic("selector-policies").configs()).containsEntry("retention.ms", "-1");
    }

    /** A broker never compacts the segment that it writes to, which by default is closed after a week or a gigabyte. */
    @Test
    void compactionComesWithinADay() {
        assertThat(topics.values())
                .filteredOn(topic ->
                        topic.configs().getOrDefault("cleanup.policy", "delete").contains("compact"))
                .hasSize(5)
                .allSatisfy(topic -> {
                    for (String setting : List.of("segment.ms", "max.compaction.lag.ms")) {
                        assertThat(Long.parseLong(topic.configs().getOrDefault(setting, "-1")))
                                .as("%s of %s", setting, topic.name())
                                .isBetween(60_000L, 86_400_000L);
                    }
                });
    }

    /** Otherwise a broker refuses what a machine writes whose clock is an hour ahead. */
    @Test
    void brokerStampsEveryMessage() {
        assertThat(topics.values()).allSatisfy(topic -> assertThat(topic.configs())
                .as(topic.name())
                .containsEntry("message.timestamp.type", "LogAppendTime"));
    }

    @Test
    void kafkaAcceptsEverySetting() {
        for (NewTopic topic : topics.values()) {
            LogConfig.validate(topic.configs());
        }
    }
}
