#!/usr/bin/env bash
# Package:   org.apache.kafka:kafka_2.13 4.4.0 (broker and producer)
# Belief:    When createTopics has returned, the topic can be written to; if its leader is not there yet, the idempotent producer, which is the
#            default, repeats what was refused, and every record is stored a moment later.
# Behaviour: With several requests in flight, the first may be refused with NOT_LEADER_OR_FOLLOWER and a later one be taken. Then the first is refused
#            with OUT_OF_ORDER_SEQUENCE_NUMBER, again and again, until delivery.timeout.ms (two minutes by default) has passed, and is lost. One request in
#            flight at a time, or two seconds between the creation and the first record, avoids it.
# Seen:      20 topics of 8 partitions, 40 records each, on 2 cores: with 5 requests in flight, records of 12 topics timed out; with 1 request, or after
#            2 s, of none
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
cat > "$work/src/main/java/NewTopics.java" <<'JAVA'
import java.net.ServerSocket;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Time;

public class NewTopics {
    static String servers;

    public static void main(String[] args) throws Exception {
        var server = broker(Path.of(args[0]));
        System.out.println("5 requests in flight: " + written("five", 5, 0));
        System.out.println("1 request in flight: " + written("one", 1, 0));
        System.out.println("5 requests in flight, 2 s later: " + written("later", 5, 2_000));
        server.shutdown();
        System.exit(0);
    }

    static String written(String name, int inFlight, int pauseMillis) throws Exception {
        List<Producer<String, String>> producers = new ArrayList<>();
        Map<String, List<Future<RecordMetadata>>> sent = new TreeMap<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) servers))) {
            for (int t = 0; t < 20; t++) {
                String topic = name + "-" + t;
                admin.createTopics(List.of(new NewTopic(topic, 8, (short) 1))).all().get();
                Thread.sleep(pauseMillis);
                var producer = new KafkaProducer<String, String>(Map.of("bootstrap.servers", (Object) servers,
                        "max.in.flight.requests.per.connection", inFlight, "linger.ms", 0, "batch.size", 1,
                        "request.timeout.ms", 5_000, "delivery.timeout.ms", 12_000,
                        "key.serializer", StringSerializer.class, "value.serializer", StringSerializer.class));
                producers.add(producer);
                sent.put(topic, new ArrayList<>());
                for (int i = 0; i < 40; i++) {
                    sent.get(topic).add(producer.send(new ProducerRecord<>(topic, i % 8, null, "record " + i)));
                }
            }
            int lost = 0;
            for (var records : sent.values()) {
                lost += records.stream().anyMatch(NewTopics::timesOut) ? 1 : 0;
            }
            producers.forEach(Producer::close);
            System.err.println(name + ": records of " + lost + " of 20 topics timed out");
            return lost == 0 ? "all records are stored" : "records time out";
        }
    }

    static boolean timesOut(Future<RecordMetadata> record) {
        try {
            record.get();
            return false;
        } catch (ExecutionException refused) {
            return true;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    static kafka.server.KafkaRaftServer broker(Path folder) throws Exception {
        int port = free(), controller = free();
        servers = "127.0.0.1:" + port;
        var settings = new Properties();
        settings.putAll(Map.of("process.roles", "broker,controller", "node.id", "1", "controller.listener.names", "CONTROLLER",
                "controller.quorum.voters", "1@127.0.0.1:" + controller, "log.dirs", folder.resolve("kafka").toString(),
                "listeners", "PLAINTEXT://" + servers + ",CONTROLLER://127.0.0.1:" + controller,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "advertised.listeners", "PLAINTEXT://" + servers, "auto.create.topics.enable", "false"));
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
timeout 300 java -cp "target/classes:$(cat classpath)" NewTopics "$work" 2> log | tee out || { grep -m3 -i "exception\|error" log >&2; exit 1; }
diff out - <<'SEEN'
5 requests in flight: records time out
1 request in flight: all records are stored
5 requests in flight, 2 s later: all records are stored
SEEN
