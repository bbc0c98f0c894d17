package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalBrokerTest {
    private final Path folder;

    LocalBrokerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static Admin admin(LocalBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void send(LocalBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("run-events", "key", value)).get();
        }
    }

    private static long count(LocalBroker broker) throws Exception {
        TopicPartition partition = new TopicPartition("run-events", 0);
        try (Admin admin = admin(broker)) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    @Test
    void keepsItsRecordsIfKilledAndRestarted() throws Exception {
        int port = LocalBroker.freePort();
        LocalBroker killed = LocalBroker.start(port, folder);
        send(killed, "one");
        // When
        ProcessHandle handle = ProcessHandle.of(killed.pid()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().get();
        assertThat(killed.isAlive()).isFalse();
        killed.close();
        // Then
        try (LocalBroker again = LocalBroker.start(port, folder)) {
            assertThat(count(again)).isEqualTo(1);
            send(again, "two");
            assertThat(count(again)).isEqualTo(2);
        }
    }

    @Test
    void leavesNoProcessAndNoTemporaryFolder() throws Exception {
        LocalBroker broker = LocalBroker.start();
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        Path temporary = broker.log().resolveSibling("");
        assertThat(temporary).isDirectory();
        // When
        broker.close();
        // Then
        assertThat(process.isAlive()).isFalse();
        assertThat(temporary).doesNotExist();
    }

    @Test
    void reportsATakenPortInOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> LocalBroker.start(taken.getLocalPort(), folder))
                    .hasMessageContaining("port " + taken.getLocalPort() + " is in use")
                    .hasMessageContaining("broker.log")
                    .message()
                    .hasLineCount(1);
        }
    }

    @Test
    void reportsTopicsOfAnotherVersionInOneLine() throws Exception {
        // Given
        int port = LocalBroker.freePort();
        try (LocalBroker older = LocalBroker.start(port, folder);
                Admin admin = admin(older)) {
            admin.deleteTopics(List.of("batch-losses")).all().get();
            admin.createTopics(List.of(new NewTopic("batch-losses", 3, (short) 1)))
                    .all()
                    .get();
        }
        // Then
        assertThatThrownBy(() -> LocalBroker.start(port, folder))
                .hasMessageContaining("topic batch-losses has 3 partitions, topics.json lists 8: move " + folder)
                .message()
                .hasLineCount(1);
    }
}
