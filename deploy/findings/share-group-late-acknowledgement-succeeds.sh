#!/usr/bin/env bash
# Package:   org.apache.kafka:kafka_2.13 4.4.0 (broker and share consumer)
# Belief:    A share consumer whose lock on a record has expired cannot acknowledge it any more: the broker reports InvalidRecordStateException,
#            so that a worker learns from its own acknowledgement whether the work was still its own.
# Behaviour: That holds while the record is available again, or locked by another consumer. As soon as the other consumer has accepted it, a late
#            ACCEPT, RENEW, RELEASE or REJECT of the first one succeeds. Accepted records leave the group's window, and the broker answers an
#            acknowledgement below the window without an error. Two workers can both see success for one record.
# Seen:      available: error; locked: error; after the other's ACCEPT: ACCEPT ok, RENEW ok, RELEASE ok, REJECT ok
#
# Needs JDK 17 and Maven. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/main/java"
cat > "$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>4.4.0</version></dependency>
  </dependencies>
  <build>
    <plugins><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin></plugins>
  </build>
</project>
POM
cat > "$work/src/main/java/Late.java" <<'JAVA'
import java.net.ServerSocket;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.Time;

public class Late {
    static String servers;
    static Admin admin;
    static Producer<String, String> producer;
    static int groups;

    public static void main(String[] args) throws Exception {
        var server = broker(Path.of(args[0]));
        admin = Admin.create(Map.of("bootstrap.servers", (Object) servers));
        var strings = StringSerializer.class;
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", servers, "key.serializer", strings, "value.serializer", strings));
        System.out.println("available: " + late(AcknowledgeType.ACCEPT, false, false));
        System.out.println("locked: " + late(AcknowledgeType.ACCEPT, true, false));
        for (AcknowledgeType type : AcknowledgeType.values()) {
            System.out.println("accepted by the other, then late " + type.name() + ": " + late(type, true, true));
        }
        admin.close();
        producer.close();
        server.shutdown();
        System.exit(0);
    }

    /** What a consumer gets for an acknowledgement after its lock has expired. */
    static String late(AcknowledgeType type, boolean another, boolean accepts) throws Exception {
        String group = "work-" + groups++;
        admin.createTopics(List.of(new NewTopic(group, 1, (short) 1))).all().get();
        configure(group, "share.auto.offset.reset", "earliest");
        configure(group, "share.record.lock.duration.ms", "1000");
        producer.send(new ProducerRecord<>(group, "work")).get();
        try (var first = consumer(group); var second = consumer(group)) {
            var held = take(first);
            Thread.sleep(2_500);
            if (another) {
                configure(group, "share.record.lock.duration.ms", "30000");
                var taken = take(second);
                if (accepts && !acknowledge(second, taken, AcknowledgeType.ACCEPT).equals("ok")) {
                    throw new IllegalStateException("the other consumer could not accept the record");
                }
            }
            return acknowledge(first, held, type);
        }
    }

    static String acknowledge(ShareConsumer<String, String> consumer, ConsumerRecord<String, String> record, AcknowledgeType type) {
        consumer.acknowledge(record, type);
        var result = consumer.commitSync(Duration.ofSeconds(10)).values().iterator().next();
        return result.isEmpty() ? "ok" : result.get() instanceof InvalidRecordStateException ? "error" : result.get().toString();
    }

    static ConsumerRecord<String, String> take(ShareConsumer<String, String> consumer) {
        for (int i = 0; i < 100; i++) {
            for (var record : consumer.poll(Duration.ofMillis(300))) {
                return record;
            }
        }
        throw new IllegalStateException("no record in 30 s");
    }

    static ShareConsumer<String, String> consumer(String group) {
        var strings = StringDeserializer.class;
        var consumer = new KafkaShareConsumer<String, String>(Map.of(
                "bootstrap.servers", servers, "group.id", group, "share.acknowledgement.mode", "explicit",
                "key.deserializer", strings, "value.deserializer", strings));
        consumer.subscribe(Set.of(group));
        return consumer;
    }

    static void configure(String group, String name, String value) throws Exception {
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group),
                List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)))).all().get();
    }

    static kafka.server.KafkaRaftServer broker(Path folder) throws Exception {
        int port = free(), controller = free();
        servers = "127.0.0.1:" + port;
        var settings = new Properties();
        settings.putAll(Map.of("process.roles", "broker,controller", "node.id", "1", "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@127.0.0.1:" + controller, "log.dirs", folder.resolve("kafka").toString(),
                "listeners", "PLAINTEXT://" + servers + ",CONTROLLER://127.0.0.1:" + controller,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "advertised.listeners", "PLAINTEXT://" + servers));
        settings.putAll(Map.of("offsets.topic.replication.factor", "1", "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1", "share.coordinator.state.topic.num.partitions", "1",
                "group.initial.rebalance.delay.ms", "0", "group.share.min.record.lock.duration.ms", "1000"));
        Path file = folder.resolve("server.properties");
        try (var out = Files.newOutputStream(file)) {
            settings.store(out, null);
        }
        String id = Uuid.randomUuid().toString();
        if (kafka.tools.StorageTool.execute(new String[] {"format", "--cluster-id", id, "--config", file.toString()}, System.err) != 0) {
            throw new IllegalStateException("cannot format " + folder);
        }
        var server = new kafka.server.KafkaRaftServer(new kafka.server.KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return server;
    }

    static int free() throws Exception {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
JAVA
cd "$work"
mvn -B -q -ntp compile dependency:build-classpath -Dmdep.outputFile=classpath >&2
timeout 300 java -cp "target/classes:$(cat classpath)" Late "$work" 2> log | tee out || { grep -m3 -i "exception\|error" log >&2; exit 1; }
diff out - <<'SEEN'
available: error
locked: error
accepted by the other, then late ACCEPT: ok
accepted by the other, then late RELEASE: ok
accepted by the other, then late REJECT: ok
accepted by the other, then late RENEW: ok
SEEN
