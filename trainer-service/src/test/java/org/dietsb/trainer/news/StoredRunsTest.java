package org.dietsb.trainer.news;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.broker.LocalBroker;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.StoredMessages;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.train.EpochFigures;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs that are over, on a real broker: their lists are read from the topic, and old runs are deleted from it. */
class StoredRunsTest {
    private static final TopicPartition PLACE = new TopicPartition(RunEvents.TOPIC, 0);

    private LocalBroker broker;
    private Producer<String, byte[]> producer;
    private Admin admin;
    private StoredMessages stored;
    private RunEvents writing;
    private RunRegistry read;

    @BeforeEach
    void start() {
        broker = LocalBroker.start();
        producer = PlainClients.producer(broker.bootstrapServers());
        admin = PlainClients.admin(broker.bootstrapServers());
        stored = new StoredMessages(PlainClients.settings(broker.bootstrapServers()));
        writing = events(new RunRegistry());
        read = new RunRegistry(0);
    }

    @AfterEach
    void stop() {
        stored.close();
        producer.close();
        admin.close();
        broker.close();
    }

    private RunEvents events(RunRegistry registry) {
        EventWriter writer = new EventWriter(producer);
        return new RunEvents(
                writer,
                new Takes(writer),
                registry,
                TestLost.after(Duration.ofMinutes(5)),
                PlainClients.ends(admin),
                TestDeadLetters.forgotten());
    }

    private static Run run(String id, List<EpochFigures> epochs, int policies, Run.State state, long ended) {
        Run like = RunRegistryTest.run(id, 7, state);
        List<Run.PlacedPolicy> placed = new ArrayList<>();
        for (int i = 0; i < policies; i++) {
            placed.add(new Run.PlacedPolicy(i, Policy.BASELINE, 1, i));
        }
        return new Run(
                like.order(),
                7,
                state,
                "",
                like.dataset(),
                1_000,
                1_001,
                ended,
                placed,
                epochs,
                null,
                .25,
                .5,
                .75,
                true,
                like.keptPerClass(),
                "",
                null,
                0,
                "",
                false);
    }

    private static List<EpochFigures> epochs(int first, int last) {
        List<EpochFigures> epochs = new ArrayList<>();
        for (int epoch = first; epoch <= last; epoch++) {
            epochs.add(new EpochFigures(
                    epoch, .5, 1.0, .1, 1, 10, 10, 1, 10, 10, 1.0, 1.0, 0, 0, List.of(0L), 0, 0, 0, 0, 1));
        }
        return epochs;
    }

    /** Reads the topic as another trainer does when it starts. */
    private void readAll() {
        RunEvents reading = events(read);
        try (KafkaConsumer<String, byte[]> topic = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "fetch.max.wait.ms", 10),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            topic.assign(List.of(PLACE));
            topic.seekToBeginning(List.of(PLACE));
            long end = topic.endOffsets(List.of(PLACE)).getOrDefault(PLACE, 0L);
            while (topic.position(PLACE) < end) {
                for (ConsumerRecord<String, byte[]> message : topic.poll(Duration.ofSeconds(1))) {
                    reading.read(message);
                }
            }
        }
    }

    private Run details(String id) throws Exception {
        return new RunDetails(read, stored).find(id).orElseThrow();
    }

    @Test
    void runOfAHundredThousandEpochsEndsCompletedAndIsReadFromTheTopic() throws Exception {
        List<EpochFigures> all = epochs(1, 100_000);
        for (int epoch = 1_000; epoch <= all.size(); epoch += 1_000) {
            writing.publish(run("long", all.subList(0, epoch), 300, Run.State.RUNNING, 0));
        }
        Run end = run("long", all, 300, Run.State.COMPLETED, 2_000);
        writing.publish(end);
        assertThat(writing.awaitStored("long", () -> false)).isTrue();
        producer.flush();
        readAll();
        assertThat(read.find("long")).contains(end.withoutLists());
        assertThat(read.totals("long").orElseThrow().seconds()).isEqualTo(100_000);
        assertThat(details("long")).isEqualTo(end);
    }

    @Test
    void oldRunsAreDeletedFromTheTopicAndForgotten() throws Exception {
        long now = Duration.ofDays(1_000).toMillis();
        for (String id : List.of("old", "new")) {
            long ended = id.equals("old") ? 2_000 : now - 1;
            writing.publish(run(id, epochs(1, 300), 1, Run.State.RUNNING, 0));
            writing.cancel(run(id, epochs(1, 300), 1, Run.State.RUNNING, 0), "somebody");
            writing.publish(run(id, epochs(1, 300), 1, Run.State.COMPLETED, ended));
            assertThat(writing.awaitStored(id, () -> false)).isTrue();
        }
        writing.publish(run("live", epochs(1, 3), 1, Run.State.RUNNING, 0));
        producer.flush();
        readAll();
        assertThat(read.all()).extracting(Run::id).containsExactlyInAnyOrder("old", "new", "live");
        // When
        TrainerConfig config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(TrainerConfig.class)
                .withDefaultValue("user.home", "/nowhere")
                .build()
                .getConfigMapping(TrainerConfig.class);
        RunRetention retention = new RunRetention(config, read, writing, stored);
        assertThat(retention.deleteOld(now)).isOne();
        // Then
        readAll();
        assertThat(read.all()).extracting(Run::id).containsExactlyInAnyOrder("new", "live");
        assertThat(read.isCancelled("old")).isFalse();
        assertThat(details("new").epochs()).hasSize(300);
        assertThat(retention.deleteOld(now)).as("again").isZero();
        read = new RunRegistry(0);
        readAll();
        assertThat(read.all()).extracting(Run::id).containsExactlyInAnyOrder("new", "live");
    }
}
