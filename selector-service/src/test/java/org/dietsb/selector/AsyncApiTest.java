package org.dietsb.selector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.selector.wire.SelectionReport;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.TrainingOrder;
import org.junit.jupiter.api.Test;

/** deploy/asyncapi.yaml agrees with the protos, topics.json and acls.json. */
class AsyncApiTest {
    private static final Path DEPLOY = Path.of("../deploy");
    /** What lies in a file, on no topic. */
    private static final String CHECKPOINTS = "checkpoints.proto";

    private static final Map<String, String> ACTIONS = Map.of("Read", "receive", "Write", "send");

    private static final List<FileDescriptor> FILES = Stream.of(
                    TrainingOrder.getDescriptor(),
                    LossMessage.getDescriptor(),
                    MaskMessage.getDescriptor(),
                    PolicyChange.getDescriptor(),
                    SelectionReport.getDescriptor(),
                    MaskRecord.getDescriptor(),
                    PredictionMessage.getDescriptor(),
                    ScoreMessage.getDescriptor(),
                    RunEvent.getDescriptor())
            .map(Descriptor::getFile)
            .toList();

    private final JsonNode document = new ObjectMapper(new YAMLFactory()).readTree(file("asyncapi.yaml"));

    AsyncApiTest() throws IOException {}

    private static String file(String name) throws IOException {
        return Files.readString(DEPLOY.resolve(name));
    }

    private static JsonNode json(String name) throws IOException {
        return new ObjectMapper().readTree(file(name));
    }

    @Test
    void channelsMatchTheListOfTopics() throws IOException {
        Map<String, Integer> said = new TreeMap<>();
        for (JsonNode channel : document.path("channels")) {
            said.put(
                    channel.path("address").asText(),
                    channel.at("/bindings/kafka/partitions").asInt());
        }
        Map<String, Integer> listed = new TreeMap<>();
        for (JsonNode topic : json("topics.json").path("topics")) {
            listed.put(topic.path("name").asText(), topic.path("partitions").asInt());
        }
        assertThat(said).isEqualTo(listed);
    }

    @Test
    void operationsMatchThePermissionsOfEachService() throws IOException {
        TreeSet<String> allowed = new TreeSet<>();
        json("acls.json").properties().forEach(service -> {
            for (JsonNode right : service.getValue()) {
                for (JsonNode operation : right.path("operations")) {
                    String action = ACTIONS.get(operation.asText());
                    if (action != null && right.path("type").asText().equals("topic")) {
                        allowed.add(service.getKey() + " " + action + " "
                                + right.path("name").asText());
                    }
                }
            }
        });
        TreeSet<String> said = new TreeSet<>();
        for (JsonNode operation : document.path("operations")) {
            said.add(operation.at("/tags/0/name").asText() + " "
                    + operation.path("action").asText() + " "
                    + resolved(operation.path("channel")).path("address").asText());
        }
        assertThat(said).isEqualTo(allowed);
    }

    @Test
    void coversEveryProtoOfATopic() throws IOException {
        List<String> protos = new ArrayList<>();
        for (String service : List.of("trainer", "selector", "scorer")) {
            try (Stream<Path> files = Files.list(Path.of("../" + service + "-service/src/main/proto"))) {
                files.map(proto -> proto.getFileName().toString())
                        .filter(name -> !name.equals(CHECKPOINTS))
                        .forEach(protos::add);
            }
        }
        assertThat(FILES).extracting(FileDescriptor::getName).containsExactlyInAnyOrderElementsOf(protos);
    }

    @Test
    void schemasMatchTheMessagesAndFieldsOfTheProtos() {
        Map<String, List<String>> said = new TreeMap<>();
        for (JsonNode schema : document.at("/components/schemas")) {
            List<String> fields = new ArrayList<>();
            schema.path("x-fields").forEach(field -> fields.add(field.asText()));
            said.put(schema.path("x-message").asText() + " in " + proto(schema), fields);
        }
        Map<String, List<String>> meant = new TreeMap<>();
        for (FileDescriptor file : FILES) {
            for (Descriptor type : file.getMessageTypes()) {
                meant.put(type.getFullName() + " in " + file.getName(), names(type.getFields()));
            }
        }
        assertThat(said).isEqualTo(meant);
    }

    private static String proto(JsonNode schema) {
        Path proto = DEPLOY.resolve(schema.at("/schema/$ref").asText());
        assertThat(proto).exists();
        return proto.getFileName().toString();
    }

    @Test
    void aChannelHasAMessageForEachKindOfItsPayload() {
        for (JsonNode channel : document.path("channels")) {
            String topic = channel.path("address").asText();
            TreeSet<String> events = new TreeSet<>();
            TreeSet<String> payloads = new TreeSet<>();
            for (JsonNode reference : channel.path("messages")) {
                JsonNode message = resolved(reference);
                assertThat(message.at("/bindings/kafka/key/description").asText())
                        .as("key on %s", topic)
                        .isNotEmpty();
                if (message.has("payload")) {
                    payloads.add(
                            resolved(message.path("payload")).path("x-message").asText());
                    events.add(message.path("x-event").asText());
                }
            }
            if (topic.equals("dead-letters")) {
                assertThat(payloads).isEmpty();
                continue;
            }
            assertThat(payloads).as("payload on %s", topic).hasSize(1);
            assertThat(events).as("messages on %s", topic).isEqualTo(kinds(payloads.first()));
        }
    }

    /** Names of its alternatives; "" for a message of one kind. */
    private static Set<String> kinds(String fullName) {
        Descriptor type = FILES.stream()
                .flatMap(file -> file.getMessageTypes().stream())
                .filter(one -> one.getFullName().equals(fullName))
                .findFirst()
                .orElseThrow();
        Set<String> kinds = new TreeSet<>();
        type.getRealOneofs().forEach(oneof -> kinds.addAll(names(oneof.getFields())));
        return kinds.isEmpty() ? Set.of("") : kinds;
    }

    private static List<String> names(List<FieldDescriptor> fields) {
        return fields.stream().map(FieldDescriptor::getName).toList();
    }

    private JsonNode resolved(JsonNode reference) {
        String place = reference.path("$ref").asText();
        assertThat(place).startsWith("#/");
        JsonNode found = document.at(place.substring(1));
        assertThat(found.isMissingNode()).as("%s is missing", place).isFalse();
        return found;
    }
}
