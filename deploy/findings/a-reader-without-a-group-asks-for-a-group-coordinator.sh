#!/usr/bin/env bash
# Package:   confluent-kafka 2.16.1 (librdkafka) against org.apache.kafka:kafka_2.13 4.4.0
# Belief:    A consumer that is assigned partitions by hand and commits nothing has nothing to do with consumer groups, as in the Java client,
#            which then needs no group.id and no right to a group.
# Behaviour: group.id is mandatory, and the consumer looks for the group's coordinator as soon as it exists. The broker therefore creates
#            __consumer_offsets (50 partitions) for a reader that never uses it. A user without a right to the group gets a message with error
#            GROUP_AUTHORIZATION_FAILED from poll(), among the records. It is not fatal: reading goes on, so a program must not end by it.
# Seen:      Java: no internal topic; Python: ['__consumer_offsets']; denied: the error, fatal False, then the next record
#
# Needs JDK 17, Maven and Python 3.10 with venv. Fails if the behaviour changes. Runs outside CI.
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
cat > "$work/src/main/java/Node.java" <<'JAVA'
import java.net.ServerSocket;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.common.utils.Time;

/** A broker until standard input ends. A Java consumer without a group reads a record first. */
public class Node {
    static String servers;

    public static void main(String[] args) throws Exception {
        var server = broker(Path.of(args[0]));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic("work", 1, (short) 1))).all().get();
            try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
                producer.send(new ProducerRecord<>("work", "first")).get();
            }
            try (var consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", servers), new StringDeserializer(), new StringDeserializer())) {
                var work = List.of(new TopicPartition("work", 0));
                consumer.assign(work);
                consumer.seekToBeginning(work);
                while (consumer.poll(Duration.ofSeconds(1)).isEmpty()) {}
            }
            var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
            System.out.println("Java: " + names.stream().filter(name -> name.startsWith("__")).toList());
        }
        System.out.println(servers);
        while (System.in.read() >= 0) {}
        server.shutdown();
        System.exit(0);
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
        settings.putAll(Map.of("offsets.topic.replication.factor", "1", "allow.everyone.if.no.acl.found", "true",
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"));
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
cat > "$work/reader.py" <<'PYTHON'
import subprocess
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, AdminClient, ResourcePatternType, ResourceType

node = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
print(node.stdout.readline().strip())
servers = {"bootstrap.servers": node.stdout.readline().strip()}
producer = Producer(servers)


def reader():
    consumer = Consumer({**servers, "group.id": "nobody", "enable.auto.commit": False})
    consumer.assign([TopicPartition("work", 0, 0)])
    return consumer


consumer = reader()
print(consumer.poll(10).value().decode())
time.sleep(2)
consumer.close()
print("Python:", [name for name in producer.list_topics(timeout=10).topics if name.startswith("__")])

somebody = AclBinding(ResourceType.GROUP, "*", ResourcePatternType.LITERAL, "User:somebody", "*", AclOperation.ALL, AclPermissionType.ALLOW)
admin = AdminClient(servers)
for made in admin.create_acls([somebody]).values():
    made.result()
time.sleep(5)
consumer = reader()
seen, until = [], time.monotonic() + 5
while time.monotonic() < until:
    message = consumer.poll(0.5)
    if message is not None:
        error = message.error()
        seen.append(message.value().decode() if error is None else f"{error.name()}, fatal {error.fatal()}")
    if len(seen) == 2:
        producer.produce("work", "second")
        producer.flush(10)
        until = min(until, time.monotonic() + 3)
consumer.close()
print("denied:", *sorted(seen), sep="\n")
node.stdin.close()
node.wait()
PYTHON
cd "$work"
python3 -m venv environment
environment/bin/pip install -q confluent-kafka==2.16.1
mvn -B -q -ntp compile dependency:build-classpath -Dmdep.outputFile=classpath >&2
timeout 300 environment/bin/python reader.py java -cp "target/classes:$(cat classpath)" Node "$work" 2> log | tee out || { tail -5 log >&2; exit 1; }
diff out - <<'SEEN'
Java: []
first
Python: ['__consumer_offsets']
denied:
GROUP_AUTHORIZATION_FAILED, fatal False
first
second
SEEN
