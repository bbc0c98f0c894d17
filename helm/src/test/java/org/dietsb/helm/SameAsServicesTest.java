package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart matches the services. */
class SameAsServicesTest {
    /** A default, further annotations such as the allowed range, and the setting's name. */
    private static final Pattern SETTING = Pattern.compile("@WithDefault\\(\"([^\"]*)\"\\)"
            + "(?:\\s+@\\w+(?:\\((?:[^()\"]|\"[^\"]*\")*\\))?)*\\s+[\\w.<>]+ (\\w+)\\(\\);");
    /** Settings that the chart derives from other values. */
    private static final Map<String, String> DERIVED = Map.of(
            "home", "DIETSB_HOME",
            "dataDirs", "DIETSB_TRAINER_DATA_DIRS",
            "device", "DIETSB_TRAINER_DEVICE",
            "takes", "DIETSB_TRAINER_TAKES",
            "stopWithin", "DIETSB_TRAINER_STOP_WITHIN");

    @ParameterizedTest
    @ValueSource(strings = {"topics.json", "acls.json"})
    void listsMatchThoseOfDeploy(String list) {
        assertThat(Project.text(Project.CHART.resolve("files").resolve(list)))
                .as("helm/dietsb/files/%s is a copy: cp deploy/%s helm/dietsb/files", list, list)
                .isEqualTo(Project.text(Project.ROOT.resolve("deploy").resolve(list)));
    }

    @Test
    void strimziTopicsMatchTheList() {
        Map<String, String> listed = new TreeMap<>();
        Project.json(Project.ROOT.resolve("deploy/topics.json"))
                .get("topics")
                .forEach(topic -> listed.put(
                        topic.get("name").asText(),
                        topic.get("partitions").asInt() + " " + sorted(topic.get("config"))));
        Map<String, String> rendered = new TreeMap<>();
        for (JsonNode topic : Rendered.ofCi("strimzi").all("KafkaTopic")) {
            JsonNode config = topic.at("/spec/config").deepCopy();
            ((ObjectNode) config).remove("min.insync.replicas");
            rendered.put(Rendered.name(topic), topic.at("/spec/partitions").asInt() + " " + sorted(config));
        }
        assertThat(rendered).isNotEmpty().isEqualTo(listed);
    }

    /** Returns keys and values in alphabetical order, which is the order in which Helm writes them. */
    private static Map<String, String> sorted(JsonNode config) {
        Map<String, String> sorted = new TreeMap<>();
        config.properties()
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue().asText()));
        return sorted;
    }

    /** Names of objects have no capitals and underscores, those of topics may. */
    @Test
    void topicsGroupsAndPermissionsBeginWithThePrefix() {
        Rendered plain = Rendered.ofCi("strimzi");
        Rendered rendered = Rendered.of(Project.ciValues("strimzi"), Map.of("kafka.prefix", "Team_a."));
        List<JsonNode> topics = rendered.all("KafkaTopic");
        assertThat(topics).hasSameSizeAs(plain.all("KafkaTopic")).allSatisfy(topic -> {
            Models.validate(topic);
            assertThat(topic.at("/spec/topicName").asText()).startsWith("Team_a.");
            assertThat(Rendered.name(topic))
                    .isEqualTo(topic.at("/spec/topicName").asText().replace("Team_a.", "team-a."));
        });
        assertThat(topics)
                .anyMatch(topic -> topic.at("/spec/topicName").asText().equals("Team_a.run-events"));
        for (String service : Project.SERVICES) {
            assertThat(plain.variable(service, "DIETSB_PREFIX").isMissingNode()).isTrue();
            assertThat(rendered.variable(service, "DIETSB_PREFIX").get("value").asText())
                    .isEqualTo("Team_a.");
            JsonNode with = rendered.one("KafkaUser", "-" + service).at("/spec/authorization/acls");
            JsonNode without = plain.one("KafkaUser", "-" + service).at("/spec/authorization/acls");
            assertThat(with).hasSameSizeAs(without);
            for (int i = 0; i < with.size(); i++) {
                String name = without.get(i).at("/resource/name").asText();
                assertThat(with.get(i).at("/resource/name").asText()).isEqualTo(name.isEmpty() ? "" : "Team_a." + name);
                assertThat(with.get(i).get("operations"))
                        .isEqualTo(without.get(i).get("operations"));
            }
        }
    }

    /** Compares with the topics that each service's README lists as read or written. */
    @Test
    void everyServiceHasThePermissionsForItsTopics() {
        JsonNode rights = Project.json(Project.ROOT.resolve("deploy/acls.json"));
        assertThat(new TreeSet<>(Project.SERVICES)).isEqualTo(names(rights));
        for (String service : Project.SERVICES) {
            Map<String, String> needed = new TreeMap<>();
            String readme = Project.text(Project.ROOT.resolve(service + "-service/README.md"));
            Matcher row = Pattern.compile("(?m)^\\| `?([a-z0-9-]+)`? \\| ((?:reads|writes)[^|]*) \\|")
                    .matcher(readme);
            while (row.find()) {
                String does = row.group(2);
                needed.put(
                        row.group(1),
                        (does.contains("reads") ? "Read " : "") + (does.contains("writes") ? "Write " : ""));
            }
            Map<String, String> granted = new TreeMap<>();
            for (JsonNode right : rights.get(service)) {
                if (right.get("type").asText().equals("topic")) {
                    List<String> operations = new ArrayList<>();
                    right.get("operations").forEach(operation -> operations.add(operation.asText()));
                    assertThat(operations).contains("Describe");
                    granted.put(
                            right.get("name").asText(),
                            (operations.contains("Read") ? "Read " : "")
                                    + (operations.contains("Write") ? "Write " : ""));
                }
            }
            // A later attempt reads the stamps of the earlier ones, as stated in the last column of the README.
            if (service.equals("trainer")) {
                needed.put("batch-losses", "Read Write ");
            }
            assertThat(granted).as(service).isEqualTo(needed);
        }
    }

    @Test
    void trainersMayConfigureTheirShareGroup() {
        JsonNode group = Rendered.item(
                Project.json(Project.ROOT.resolve("deploy/acls.json")).get("trainer"), "type", "group");
        String code = Project.text(
                Project.ROOT.resolve("trainer-service/src/main/java/org/dietsb/trainer/order/OrderGroup.java"));
        assertThat(code).contains("NAME = \"" + group.get("name").asText() + "\"");
        assertThat(group.get("operations").toString()).contains("\"AlterConfigs\"", "\"Read\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trainer", "selector", "scorer"})
    void portsMatchTheService(String service) throws IOException {
        Properties properties = properties(service);
        JsonNode ports = Rendered.ofCi("default").container(service).get("ports");
        assertThat(Rendered.item(ports, "name", "http").get("containerPort").asText())
                .isEqualTo(properties.getProperty("quarkus.http.port"));
        assertThat(Rendered.item(ports, "name", "management")
                        .get("containerPort")
                        .asText())
                .isEqualTo(properties.getProperty("quarkus.management.port"));
    }

    /** Every setting of the service's ConfigMapping is a value with the service's default, and is passed to its environment. */
    @ParameterizedTest
    @ValueSource(strings = {"trainer", "selector", "scorer"})
    void settingsMatchTheService(String service) throws IOException {
        JsonNode values = Project.yaml(Project.CHART.resolve("values.yaml")).at("/" + service + "/settings");
        Rendered rendered = Rendered.ofCi("default");
        Map<String, String> settings = settings(service);
        assertThat(settings).isNotEmpty();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String name = setting.getKey();
            if (name.equals("checkpointDir")) {
                // A folder of its home, at which the claim is mounted.
                assertThat(setting.getValue()).isEqualTo("${dietsb.trainer.home}/checkpoints");
                continue;
            }
            String variable = DERIVED.getOrDefault(
                    name,
                    "DIETSB_" + service.toUpperCase(Locale.ROOT) + "_"
                            + name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
            String value = rendered.variable(service, variable).path("value").asText();
            if (name.equals("home") || name.equals("device")) {
                assertThat(value).as(variable).isNotEmpty();
            } else {
                assertThat(value).as(variable).isEqualTo(setting.getValue());
            }
        }
        TreeSet<String> known = new TreeSet<>(settings.keySet());
        known.removeAll(List.of("home", "dataDirs", "checkpointDir", "takes"));
        Set<String> offered = names(values);
        if (offered.remove("stopWithinSeconds")) {
            offered.add("stopWithin");
        }
        assertThat(offered).isEqualTo(known);
    }

    /** Quarkus maps every variable to an existing setting; no other variables are passed. */
    @Test
    void everyVariableIsReadByAService() {
        Pattern known = Pattern.compile("KAFKA_(BOOTSTRAP_SERVERS|SECURITY_PROTOCOL|SASL_(MECHANISM|JAAS_CONFIG)"
                + "|SSL_(TRUSTSTORE_(TYPE|LOCATION)|KEYSTORE_(TYPE|CERTIFICATE_CHAIN|KEY)))"
                + "|QUARKUS_HTTP_CORS_(ENABLED|ORIGINS)"
                + "|QUARKUS_OIDC_(TENANT_ENABLED|AUTH_SERVER_URL|ROLES_ROLE_CLAIM_PATH|TOKEN_AUDIENCE)"
                + "|DIETSB_(HOME|HOSTS|TOKEN|READER_TOKEN)|DIETSB_(TRAINER|SELECTOR|SCORER)_[A-Z_]+|DJL_CACHE_DIR");
        for (String service : Project.SERVICES) {
            JsonNode environment =
                    Rendered.ofCi("external-kafka").container(service).get("env");
            assertThat(environment).hasSizeGreaterThan(10).allSatisfy(variable -> assertThat(
                            variable.get("name").asText())
                    .matches(known));
        }
    }

    @Test
    void imagesAreNamedAfterTheServicesAndTaggedWithTheirVersion() {
        String version = version();
        assertThat(Project.yaml(Project.CHART.resolve("Chart.yaml"))
                        .get("appVersion")
                        .asText())
                .isEqualTo(version);
        for (String service : Project.SERVICES) {
            assertThat(Project.ROOT.resolve(service + "-service")).isDirectory();
            assertThat(Rendered.ofCi("default").container(service).get("image").asText())
                    .isEqualTo("dietsb/" + service + "-service:" + version);
        }
        assertThat(Rendered.ofCi("gpu-mig").container("trainer").get("image").asText())
                .isEqualTo("dietsb/trainer-service:" + version + "-cuda");
        Rendered full = Rendered.ofCi("full");
        assertThat(full.container("trainer").get("image").asText())
                .isEqualTo("registry.example.org:5000/dietsb/trainer-service:" + version + "-cuda");
        assertThat(full.container("selector").get("image").asText())
                .matches("registry\\.example\\.org:5000/dietsb/selector-service@sha256:[0-9a-f]{64}");
        assertThat(full.container("scorer").get("image").asText()).endsWith(":0.1.0");
        assertThat(Project.text(Project.CHART.resolve("Chart.yaml"))).doesNotContain(":latest");
    }

    @ParameterizedTest
    @CsvSource({"trainer, gpu-mig", "selector, full"})
    void autoscalingUsesAnExistingMeter(String service, String values) throws IOException {
        String query = Rendered.ofCi(values)
                .one("ScaledObject", "-" + service)
                .at("/spec/triggers/0/metadata/query")
                .asText();
        Matcher meter = Pattern.compile("dietsb_\\w+").matcher(query);
        assertThat(meter.find()).isTrue();
        assertThat(sources(service)).contains("\"" + meter.group() + "\"");
    }

    @Test
    void moreSelectorsThanPartitionsAreRejected() {
        JsonNode losses = Rendered.item(
                Project.json(Project.ROOT.resolve("deploy/topics.json")).get("topics"), "name", "batch-losses");
        assertThat(Project.json(Project.CHART.resolve("values.schema.json"))
                        .at("/properties/selector/properties/autoscaling/properties/maxReplicas/maximum")
                        .asInt())
                .isEqualTo(losses.get("partitions").asInt());
    }

    private static Map<String, String> settings(String service) throws IOException {
        Map<String, String> settings = new TreeMap<>();
        Matcher matcher = SETTING.matcher(
                sources(service, Character.toUpperCase(service.charAt(0)) + service.substring(1) + "Config.java"));
        while (matcher.find()) {
            settings.put(matcher.group(2), matcher.group(1));
        }
        return settings;
    }

    private static Properties properties(String service) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(
                Project.text(Project.ROOT.resolve(service + "-service/src/main/resources/application.properties"))));
        return properties;
    }

    private static String sources(String service) throws IOException {
        return sources(service, ".java");
    }

    private static String sources(String service, String nameEnds) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(Project.ROOT.resolve(service + "-service/src/main/java"))) {
            files.filter(file -> file.toString().endsWith(nameEnds)).forEach(file -> text.append(Project.text(file)));
        }
        return text.toString();
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static String version() {
        Matcher matcher =
                Pattern.compile("<version>([^<]+)</version>").matcher(Project.text(Project.ROOT.resolve("pom.xml")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }
}
