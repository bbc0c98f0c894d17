#!/usr/bin/env bash
# Package:   org.apache.kafka:kafka_2.13 4.4.0 (broker and consumer)
# Belief:    Closing a consumer without a group, which has nothing to commit and no member to sign off, is a matter of milliseconds.
# Behaviour: close() waits until the broker has answered the fetch that the last poll left with it, up to fetch.max.wait.ms, with either group protocol,
#            and wakeup() before it does not help. A program that closes several quiet consumers one after the other waits for each.
# Seen:      fetch.max.wait.ms 100: 0.1 to 0.4 s; 10000, closed 2 s after the fetch was sent: 8.1 to 8.2 s, woken up or not
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
cat > "$work/src/main/java/Closing.java" <<'JAVA'
import java.net.ServerSocket;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Time;

public class Closing {
    static String servers;

    public static void main(String[] args) throws Exception {
        var server = broker(Path.of(args[0]));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            admin.createTopics(List.of(new NewTopic("quiet", 1, (short) 1))).all().get();
        }
        for (String protocol : List.of("classic", "consumer")) {
            for (int wait : new int[] {100, 10_000}) {
                System.out.println(protocol + ", fetch.max.wait.ms " + wait + ": " + closing(protocol, wait, false));
            }
            System.out.println(protocol + ", fetch.max.wait.ms 10000, woken up: " + closing(protocol, 10_000, true));
        }
        server.shutdown();
        System.exit(0);
    }

    static String closing(String protocol, int wait, boolean wakes) {
        var strings = StringDeserializer.class;
        var consumer = new KafkaConsumer<String, String>(Map.of(
                "bootstrap.servers", servers, "group.protocol", protocol, "group.id", "nobody", "enable.auto.commit", false,
                "fetch.max.wait.ms", wait, "key.deserializer", strings, "value.deserializer", strings));
        TopicPartition quiet = new TopicPartition("quiet", 0);
        consumer.assign(List.of(quiet));
        consumer.seek(quiet, 0);
        // The first polls connect; one of them leaves a fetch with the broker.
        for (int i = 0; i < 4; i++) {
            consumer.poll(Duration.ofMillis(500));
        }
        if (wakes) {
            consumer.wakeup();
        }
        long begun = System.nanoTime();
        consumer.close();
        double seconds = (System.nanoTime() - begun) / 1e9;
        return seconds < 1.5 ? "at once" : seconds > 4 ? "seconds" : "between";
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
        settings.putAll(Map.of("offsets.topic.replication.factor", "1", "group.initial.rebalance.delay.ms", "0"));
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
timeout 300 java -cp "target/classes:$(cat classpath)" Closing "$work" 2> log | tee out || { grep -m3 -i "exception\|error" log >&2; exit 1; }
diff out - <<'SEEN'
classic, fetch.max.wait.ms 100: at once
classic, fetch.max.wait.ms 10000: seconds
classic, fetch.max.wait.ms 10000, woken up: seconds
consumer, fetch.max.wait.ms 100: at once
consumer, fetch.max.wait.ms 10000: seconds
consumer, fetch.max.wait.ms 10000, woken up: seconds
SEEN
