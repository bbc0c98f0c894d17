package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of the services to Kafka, access to the services, objects for Prometheus and Grafana, and the notes. */
class ConnectionsTest {

    @Test
    void externalKafkaUsesTheCredentialsOfTheSecrets() {
        Rendered rendered = Rendered.ofCi("external-kafka");
        for (String service : Project.SERVICES) {
            assertThat(value(rendered, service, "KAFKA_BOOTSTRAP_SERVERS"))
                    .isEqualTo("broker-0.example.org:9094,broker-1.example.org:9095");
            assertThat(value(rendered, service, "KAFKA_SECURITY_PROTOCOL")).isEqualTo("SASL_SSL");
            assertThat(value(rendered, service, "KAFKA_SASL_MECHANISM")).isEqualTo("SCRAM-SHA-256");
            assertThat(secret(rendered, service, "KAFKA_SASL_JAAS_CONFIG")).isEqualTo("dietsb-kafka/login");
            assertThat(value(rendered, service, "KAFKA_SSL_TRUSTSTORE_TYPE")).isEqualTo("PEM");
            assertThat(secret(rendered, service, "KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN"))
                    .isEqualTo("dietsb-client/tls.crt");
            assertThat(secret(rendered, service, "KAFKA_SSL_KEYSTORE_KEY")).isEqualTo("dietsb-client/tls.key");
            JsonNode volume = Rendered.item(rendered.pod(service).get("volumes"), "name", "kafka-ca")
                    .get("secret");
            String file = Rendered.item(rendered.container(service).get("volumeMounts"), "name", "kafka-ca")
                            .get("mountPath")
                            .asText()
                    + "/" + volume.at("/items/0/path").asText();
            assertThat(volume.get("secretName").asText()).isEqualTo("kafka-ca");
            assertThat(value(rendered, service, "KAFKA_SSL_TRUSTSTORE_LOCATION"))
                    .isEqualTo(file);
            assertThat(secret(rendered, service, "DIETSB_TOKEN")).isEqualTo("dietsb-tokens/token");
            assertThat(secret(rendered, service, "DIETSB_READER_TOKEN")).isEqualTo("dietsb-tokens/reader");
            assertThat(value(rendered, service, "DIETSB_" + service.toUpperCase(Locale.ROOT) + "_READING"))
                    .isEqualTo("closed");
            assertThat(value(rendered, service, "QUARKUS_OIDC_TENANT_ENABLED")).isEqualTo("true");
            assertThat(value(rendered, service, "QUARKUS_OIDC_AUTH_SERVER_URL"))
                    .isEqualTo("https://login.example.org/realms/ml");
            assertThat(value(rendered, service, "QUARKUS_OIDC_ROLES_ROLE_CLAIM_PATH"))
                    .isEqualTo("realm_access/roles");
            assertThat(value(rendered, service, "QUARKUS_OIDC_TOKEN_AUDIENCE")).isEqualTo("dietsb");
        }
    }

    @Test
    void servicesAnswerForTheNamesOfTheirServicesAndOfTheIngress() {
        Rendered rendered = Rendered.of(
                Project.CHART.resolve("ci/default-values.yaml"), Map.of("auth.hosts[0]", "runs.example.org"));
        for (String service : Project.SERVICES) {
            List<String> hosts =
                    List.of(value(rendered, service, "DIETSB_HOSTS").split(","));
            assertThat(hosts)
                    .contains("runs.example.org")
                    .containsAll(rendered.all("Service").stream()
                            .map(one -> one.at("/metadata/name").asText())
                            .toList());
        }
        for (String asked : List.of("trainer", "scorer")) {
            String url = value(rendered, "selector", "DIETSB_SELECTOR_" + asked.toUpperCase(Locale.ROOT) + "_URL");
            assertThat(value(rendered, asked, "DIETSB_HOSTS").split(","))
                    .contains(java.net.URI.create(url).getHost());
        }
    }

    @Test
    void pagesOfOtherOriginsCallTheServicesOnlyIfTheyAreNamed() {
        Rendered rendered = Rendered.of(
                Project.CHART.resolve("ci/default-values.yaml"),
                Map.of("auth.origins[0]", "https://a.example", "auth.origins[1]", "http://b.example:8888"));
        for (String service : Project.SERVICES) {
            assertThat(value(rendered, service, "QUARKUS_HTTP_CORS_ENABLED")).isEqualTo("true");
            assertThat(value(rendered, service, "QUARKUS_HTTP_CORS_ORIGINS"))
                    .isEqualTo("https://a.example,http://b.example:8888");
            assertThat(Rendered.ofCi("default").container(service).get("env").toString())
                    .doesNotContain("CORS");
        }
    }

    @Test
    void plainKafkaNeedsNoFurtherSettings() {
        Rendered rendered = Rendered.ofCi("default");
        for (String service : Project.SERVICES) {
            assertThat(value(rendered, service, "KAFKA_SECURITY_PROTOCOL")).isEqualTo("PLAINTEXT");
            assertThat(rendered.container(service).get("env").toString())
                    .doesNotContain("secretKeyRef")
                    .doesNotContain("QUARKUS_OIDC");
        }
    }

    @Test
    void strimziKafkaUsesItsOwnSecrets() {
        Rendered rendered = Rendered.ofCi("strimzi");
        JsonNode cluster = rendered.one("Kafka", "-kafka");
        JsonNode listener = cluster.at("/spec/kafka/listeners/0");
        for (String service : Project.SERVICES) {
            assertThat(value(rendered, service, "KAFKA_BOOTSTRAP_SERVERS"))
                    .isEqualTo(Rendered.name(cluster) + "-kafka-bootstrap.ml.svc:"
                            + listener.get("port").asInt());
            assertThat(value(rendered, service, "KAFKA_SECURITY_PROTOCOL")).isEqualTo("SASL_SSL");
            JsonNode user = rendered.one("KafkaUser", "-" + service);
            assertThat(secret(rendered, service, "KAFKA_SASL_JAAS_CONFIG"))
                    .isEqualTo(Rendered.name(user) + "/sasl.jaas.config");
            assertThat(user.at("/spec/authentication/type")).isEqualTo(listener.at("/authentication/type"));
            assertThat(Rendered.item(rendered.pod(service).get("volumes"), "name", "kafka-ca")
                            .at("/secret/secretName")
                            .asText())
                    .isEqualTo(Rendered.name(cluster) + "-cluster-ca-cert");
            assertThat(user.at("/spec/authorization/acls"))
                    .hasSameSizeAs(Project.json(Project.ROOT.resolve("deploy/acls.json"))
                            .get(service));
        }
        for (String kind : List.of("KafkaNodePool", "KafkaTopic", "KafkaUser")) {
            assertThat(rendered.all(kind)).isNotEmpty().allSatisfy(one -> assertThat(
                            one.at("/metadata/labels/strimzi.io~1cluster").asText())
                    .isEqualTo(Rendered.name(cluster)));
        }
        JsonNode group = Rendered.item(acls(rendered, "trainer"), "type", "group");
        assertThat(group.get("name").asText()).isEqualTo("trainers");
        assertThat(cluster.at("/spec/kafka/config/share.coordinator.state.topic.replication.factor")
                        .asInt())
                .isEqualTo(3);
    }

    private static JsonNode acls(Rendered rendered, String service) {
        var resources = Project.JSON.createArrayNode();
        rendered.one("KafkaUser", "-" + service)
                .at("/spec/authorization/acls")
                .forEach(acl -> resources.add(acl.get("resource")));
        return resources;
    }

    @Test
    void onlyNamedConnectionsAreAllowed() {
        Rendered rendered = Rendered.ofCi("external-kafka");
        JsonNode deny = rendered.one("NetworkPolicy", "-deny").get("spec");
        assertThat(deny.get("policyTypes").toString()).isEqualTo("[\"Ingress\",\"Egress\"]");
        assertThat(deny.has("ingress") || deny.has("egress")).isFalse();
        List<String> guarded = new ArrayList<>();
        deny.at("/podSelector/matchExpressions/0/values").forEach(component -> guarded.add(component.asText()));
        assertThat(guarded).containsExactlyInAnyOrderElementsOf(Project.SERVICES);
        for (String service : Project.SERVICES) {
            JsonNode policy = rendered.one("NetworkPolicy", "-" + service).get("spec");
            assertThat(policy.get("ingress")).hasSize(2).allSatisfy(rule -> assertThat(rule.get("from"))
                    .isNotEmpty());
            assertThat(policy.at("/ingress/0/ports/0/port").asText()).isEqualTo("http");
            assertThat(policy.at("/ingress/1/ports/0/port").asText()).isEqualTo("management");
            assertThat(policy.at("/ingress/1/from/0/namespaceSelector").toString())
                    .contains("monitoring");
            // The selector also requests images from a trainer.
            assertThat(policy.get("egress")).hasSize(service.equals("selector") ? 4 : 3);
            assertThat(policy.at("/egress/0/to/0/podSelector").toString()).contains("kube-dns");
            assertThat(policy.at("/egress/1/ports").toString())
                    .isEqualTo("[{\"port\":9094},{\"port\":9095},{\"port\":9096}]");
            assertThat(policy.at("/egress/1/to/0/ipBlock/cidr").asText()).isEqualTo("192.0.2.0/24");
            assertThat(policy.at("/egress/2/ports/0/port").asInt()).isEqualTo(443);
        }
        JsonNode toTrainer = rendered.one("NetworkPolicy", "-selector").at("/spec/egress/3/to/0");
        JsonNode fromSelector = rendered.one("NetworkPolicy", "-trainer").at("/spec/ingress/0/from");
        assertThat(toTrainer.toString()).contains("\"app.kubernetes.io/component\":\"trainer\"");
        assertThat(fromSelector.toString()).contains("\"app.kubernetes.io/component\":\"selector\"");
    }

    @Test
    void onlyPrometheusReachesProxies() {
        Rendered rendered = Rendered.ofCi("gpu-mig");
        assertThat(rendered.one("NetworkPolicy", "-deny")
                        .at("/spec/podSelector/matchExpressions/0/values")
                        .toString())
                .contains("\"proxies\"");
        JsonNode policy = rendered.one("NetworkPolicy", "-proxies").get("spec");
        assertThat(policy.get("ingress")).hasSize(1);
        assertThat(policy.at("/ingress/0/ports/0/port").asText()).isEqualTo("management");
        assertThat(policy.get("egress"))
                .isEqualTo(rendered.one("NetworkPolicy", "-trainer").at("/spec/egress"));
    }

    @Test
    void kafkaPortsFollowTheBootstrapServers() {
        assertThat(Rendered.of(Project.ciValues("default"), Map.of("kafka.bootstrapServers", "a:9093,b:9094,c:9093"))
                        .one("NetworkPolicy", "-scorer")
                        .at("/spec/egress/1/ports")
                        .toString())
                .isEqualTo("[{\"port\":9093},{\"port\":9094}]");
        assertThat(Rendered.ofCi("minimal").all("NetworkPolicy")).isEmpty();
    }

    @Test
    void prometheusScrapesTheManagementPortOfEachService() {
        Rendered rendered = Rendered.ofCi("full");
        JsonNode monitor = rendered.one("ServiceMonitor", "diet-lab").get("spec");
        List<JsonNode> found = rendered.all("Service").stream()
                .filter(service -> monitor.at("/selector/matchLabels").properties().stream()
                        .allMatch(label -> label.getValue()
                                .equals(service.at("/metadata/labels").get(label.getKey()))))
                .toList();
        assertThat(found)
                .extracting(Rendered::name)
                .containsExactlyInAnyOrder("diet-lab-trainer-pods", "diet-lab-selector-pods", "diet-lab-scorer-pods");
        assertThat(found).allSatisfy(service -> {
            assertThat(service.at("/spec/ports/0/name")).isEqualTo(monitor.at("/endpoints/0/port"));
            assertThat(Project.SERVICES)
                    .contains(service.at("/metadata/labels")
                            .get(monitor.get("jobLabel").asText())
                            .asText());
        });
        assertThat(monitor.at("/endpoints/0/path").asText()).isEqualTo("/q/metrics");
        assertThat(monitor.at("/namespaceSelector/matchNames/0").asText()).isEqualTo("lab");
    }

    /** Files in the chart's folders are rendered unchanged, including the braces of Prometheus and Grafana. */
    @Test
    void rulesAndDashboardsAreRenderedUnchanged(@TempDir Path folder) throws IOException {
        Path chart = Project.copyOfChart(folder);
        Path rules = Files.createDirectories(chart.resolve("files/rules"));
        Path dashboards = Files.createDirectories(chart.resolve("files/dashboards"));
        Files.writeString(rules.resolve("planted.yaml"), """
            groups:
              - name: planted
                rules:
                  - alert: Planted
                    expr: up == 0
                    annotations:
                      summary: "{{ $labels.instance }} is at {{ $value }}"
            """);
        String dashboard = "{\n  \"uid\": \"planted\",\n  \"legend\": \"{{run}} of $namespace\"\n}\n";
        Files.writeString(dashboards.resolve("planted.json"), dashboard);

        Rendered rendered = Rendered.of(chart, Project.ciValues("full"), Map.of());

        JsonNode rule = rendered.all("PrometheusRule").get(0);
        Models.validate(rule);
        assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
        JsonNode planted = Rendered.item(rule.at("/spec/groups"), "name", "planted");
        assertThat(planted.at("/rules/0/annotations/summary").asText())
                .isEqualTo("{{ $labels.instance }} is at {{ $value }}");
        JsonNode map = rendered.one("ConfigMap", "-planted");
        assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
        assertThat(map.at("/metadata/annotations/grafana_folder").asText()).isEqualTo("Diet Selective-Backprop");
        assertThat(map.at("/data/planted.json").asText().strip()).isEqualTo(dashboard.strip());
        assertThat(Rendered.of(chart, Project.ciValues("no-monitoring"), Map.of())
                        .manifests())
                .noneMatch(
                        manifest -> manifest.get("kind").asText().matches("ConfigMap|PrometheusRule|ServiceMonitor"));
    }

    @Test
    void everyDashboardAndAlertGroupIsDeployed() throws IOException {
        Rendered rendered = Rendered.ofCi("full");
        List<String> dashboards = new ArrayList<>();
        rendered.all("ConfigMap").forEach(map -> map.get("data").fieldNames().forEachRemaining(dashboards::add));
        assertThat(dashboards).containsExactlyInAnyOrderElementsOf(names("files/dashboards", ".json"));
        List<String> groups = new ArrayList<>();
        rendered.all("PrometheusRule").forEach(rule -> rule.at("/spec/groups")
                .forEach(group -> groups.add(group.get("name").asText())));
        List<String> written = new ArrayList<>();
        for (String file : names("files/rules", ".yaml")) {
            Project.yaml(Project.CHART.resolve("files/rules").resolve(file))
                    .get("groups")
                    .forEach(group -> written.add(group.get("name").asText()));
        }
        assertThat(groups).containsExactlyInAnyOrderElementsOf(written);
    }

    @Test
    void everyAlertLinksToAnExistingRunbook() {
        String prefix = "https://git.example.org/dietsb/blob/main/";
        List<String> pages = new ArrayList<>();
        Rendered.ofCi("full").all("PrometheusRule").forEach(rule -> rule.findValues("runbook_url")
                .forEach(url -> pages.add(url.asText())));
        assertThat(pages).hasSize(9).allSatisfy(page -> {
            assertThat(page).startsWith(prefix);
            assertThat(Project.ROOT.resolve(page.substring(prefix.length()))).isRegularFile();
        });
    }

    private static List<String> names(String folder, String nameEnds) throws IOException {
        Path path = Project.CHART.resolve(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(nameEnds))
                    .toList();
        }
    }

    /** Commands in the notes use field names and kinds of policies that the services accept. */
    @Test
    void notesShowHowToSubmitARunAndSwapItsPolicy() throws IOException {
        String open = Rendered.installed(Project.ciValues("default"), Map.of());
        assertThat(open)
                .contains(
                        "WRITE ACCESS IS DISABLED",
                        "KAFKA ASKS FOR NO LOGIN",
                        "create secret generic dietsb-tokens",
                        "--reset-then-reuse-values",
                        "get secret dietsb-tokens",
                        "helm -n ml test lab");
        assertThat(open.lines().filter(line -> line.contains("curl -H 'Content-Type")))
                .as("orders and swaps without the token, which would be refused")
                .isEmpty();
        String notes = Rendered.installed(Project.ciValues("external-kafka"), Map.of());
        assertThat(notes)
                .doesNotContain("WRITE ACCESS IS DISABLED", "KAFKA ASKS FOR NO LOGIN")
                .contains(
                        "get secret dietsb-tokens",
                        "{{index .data \"token\" | base64decode}}",
                        "Authorization: Bearer $TOKEN")
                .contains(
                        "port-forward service/lab-dietsb-trainer 8081",
                        "http://localhost:8082/runs/first/policy?who=me");
        assertThat(Rendered.installed(Project.ciValues("strimzi"), Map.of())).doesNotContain("KAFKA ASKS FOR NO LOGIN");
        List<JsonNode> bodies = new ArrayList<>();
        for (String line : notes.lines().toList()) {
            if (line.strip().startsWith("-d '")) {
                bodies.add(Project.JSON.readTree(
                        line.strip().substring(4, line.strip().length() - 1)));
            }
        }
        assertThat(bodies).hasSize(2);
        String readme = Project.text(Project.ROOT.resolve("trainer-service/README.md"));
        bodies.get(0).fieldNames().forEachRemaining(key -> assertThat(readme).contains("| `" + key + "` |"));
        for (JsonNode policy : List.of(bodies.get(0).get("policy"), bodies.get(1))) {
            assertThat(Project.ROOT.resolve(
                            "selector-service/cards/" + policy.get("kind").asText() + ".md"))
                    .isRegularFile();
            assertThat(policy.get("keep").asDouble()).isBetween(0.0, 1.0);
        }
    }

    private static String value(Rendered rendered, String service, String variable) {
        return rendered.variable(service, variable).path("value").asText();
    }

    private static String secret(Rendered rendered, String service, String variable) {
        JsonNode from = rendered.variable(service, variable).at("/valueFrom/secretKeyRef");
        return from.path("name").asText() + "/" + from.path("key").asText();
    }
}
