package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For each values file in {@code ci}, Helm lints, packages and renders the chart, and the result matches the models. */
class CiValuesTest {
    static List<Path> files() {
        return Project.ciValues();
    }

    @Test
    void areThoseNamedInTheChecklist() {
        assertThat(files())
                .extracting(file -> file.getFileName().toString().replace("-values.yaml", ""))
                .contains(
                        "default",
                        "minimal",
                        "full",
                        "gpu-mig",
                        "gpu-h200",
                        "gpu-claim",
                        "external-kafka",
                        "strimzi",
                        "no-monitoring",
                        "laptop");
    }

    /** Lint accepts no external values, so they become the values of the chart itself. */
    @ParameterizedTest
    @MethodSource("files")
    void areLintedAndPackaged(Path values, @TempDir Path folder) throws IOException {
        Path chart = Project.copyOfChart(folder);
        ObjectNode own = (ObjectNode) Project.yaml(chart.resolve("values.yaml"));
        Project.YAML.writeValue(chart.resolve("values.yaml").toFile(), merge(own, Project.yaml(values)));

        LintResult result = new Helm(chart).lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.matches(".*\\[(WARNING|ERROR)].*"));

        new Helm(chart).packageIt().withDestination(folder).call();
        String version =
                Project.yaml(chart.resolve("Chart.yaml")).get("version").asText();
        assertThat(folder.resolve("dietsb-" + version + ".tgz")).isNotEmptyFile();
    }

    @Test
    void lintWithoutValuesIsClean() {
        LintResult result = new Helm(Project.CHART).lint().strict().call();
        assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("files")
    void renderManifestsThatMatchTheirModels(Path values) {
        List<JsonNode> manifests = Rendered.of(values, Map.of()).manifests();
        assertThat(manifests).hasSizeGreaterThan(8);
        manifests.forEach(Models::validate);
    }

    @ParameterizedTest
    @MethodSource("files")
    void renderUniqueAndShortEnoughNames(Path values) {
        Set<String> names = new HashSet<>();
        for (JsonNode manifest : Rendered.of(values, Map.of()).manifests()) {
            String name = Rendered.name(manifest);
            assertThat(names.add(manifest.get("kind").asText() + "/" + name))
                    .as("%s is unique", name)
                    .isTrue();
            assertThat(name).hasSizeLessThanOrEqualTo(63).matches("[a-z0-9]([a-z0-9.-]*[a-z0-9])?");
        }
    }

    @Test
    void togetherRenderEveryKindOfTheChart() {
        Set<String> kinds = new HashSet<>();
        files().forEach(values -> Rendered.of(values, Map.of())
                .manifests()
                .forEach(manifest -> kinds.add(manifest.get("kind").asText())));
        assertThat(kinds)
                .contains(
                        "StatefulSet",
                        "Deployment",
                        "Service",
                        "ServiceAccount",
                        "PersistentVolumeClaim",
                        "PodDisruptionBudget",
                        "NetworkPolicy",
                        "HorizontalPodAutoscaler",
                        "ScaledObject",
                        "ServiceMonitor",
                        "Kafka",
                        "KafkaNodePool",
                        "KafkaTopic",
                        "KafkaUser");
    }

    /** Shows that the check of manifests can fail. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "StatefulSet/spec/template/spec/containers/0/resources",
                "Deployment/spec/template/spec/containers/0/readinessProbe/httpGet",
                "HorizontalPodAutoscaler/spec/metrics/0/external",
                "NetworkPolicy/spec/egress/0/ports/0",
                "ScaledObject/spec/scaleTargetRef",
                "ScaledObject/spec/triggers/0",
                "ServiceMonitor/spec/endpoints/0",
                "KafkaTopic/spec",
                "KafkaUser/spec/authorization/acls/0/resource"
            })
    void unknownFieldsAreRejected(String place) {
        String kind = place.substring(0, place.indexOf('/'));
        JsonNode manifest = Rendered.ofCi("full").all(kind).stream()
                .filter(one -> one.at(place.substring(kind.length())).isObject())
                .findFirst()
                .orElseThrow();
        ((ObjectNode) manifest.at(place.substring(kind.length()))).put("surprise", "yes");
        assertThatThrownBy(() -> Models.validate(manifest))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("surprise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Kafka/spec/kafka/listeners/0", "Kafka/spec/entityOperator", "KafkaNodePool/spec/storage"})
    void fieldsUnknownToStrimziAreRejected(String place) {
        String kind = place.substring(0, place.indexOf('/'));
        JsonNode manifest = Rendered.ofCi("strimzi").all(kind).get(0);
        ((ObjectNode) manifest.at(place.substring(kind.length()))).put("surprise", "yes");
        assertThatThrownBy(() -> Models.validate(manifest))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("surprise");
    }

    @Test
    void operationsUnknownToStrimziAreRejected() {
        JsonNode user = Rendered.ofCi("strimzi").all("KafkaUser").get(0);
        ((ArrayNode) user.at("/spec/authorization/acls/0/operations")).add("Burn");
        assertThatThrownBy(() -> Models.validate(user))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("unknown constant");
    }

    private static ObjectNode merge(ObjectNode under, JsonNode over) {
        over.properties().forEach(entry -> {
            JsonNode below = under.get(entry.getKey());
            boolean bothObjects =
                    below instanceof ObjectNode && entry.getValue().isObject();
            under.set(entry.getKey(), bothObjects ? merge((ObjectNode) below, entry.getValue()) : entry.getValue());
        });
        return under;
    }
}
