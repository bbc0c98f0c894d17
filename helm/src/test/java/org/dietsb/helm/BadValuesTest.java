package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid values are rejected with an error that names them. */
class BadValuesTest {
    /** Values in the format of Kubernetes, with keys chosen by users. */
    private static final Set<String> OPEN = Set.of("/podSecurityContext", "/securityContext", "/global");

    @Test
    void missingKafkaIsRejectedWithTheValueToSet() {
        assertThatThrownBy(() -> Rendered.of(null, Map.of()))
                .hasMessageContaining("kafka.bootstrapServers is empty")
                .hasMessageContaining("strimzi.cluster.create");
    }

    /** Returns the paths of all objects of the values whose keys the chart defines. Empty objects are maps of users. */
    static List<String> objects() {
        List<String> paths = new ArrayList<>();
        collect(Project.yaml(Project.CHART.resolve("values.yaml")), "", paths);
        return paths;
    }

    private static void collect(JsonNode node, String path, List<String> paths) {
        if (node.isObject() && !node.isEmpty() && !OPEN.contains(path) && !path.matches(".*/resources/.*")) {
            paths.add(path);
            node.properties().forEach(entry -> collect(entry.getValue(), path + "/" + entry.getKey(), paths));
        }
    }

    @ParameterizedTest
    @MethodSource("objects")
    void unknownKeysAreRejectedByName(String path) {
        String key = (path + "/surprise").substring(1).replace('/', '.');
        assertThatThrownBy(() -> Rendered.of(Project.ciValues("default"), Map.of(key, "yes")))
                .hasMessageContaining("surprise")
                .hasMessageContaining(path);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka.bootstrapServers             | kafka                     | /kafka/bootstrapServers",
                "kafka.prefix                       | team a                    | /kafka/prefix",
                "kafka.sasl.mechanism               | GSSAPI                    | /kafka/sasl/mechanism",
                "auth.reading                       | ajar                      | /auth/reading",
                "trainer.replicas                   | -1                        | /trainer/replicas",
                "trainer.gpu.resourceName           | gpu                       | /trainer/gpu/resourceName",
                "trainer.gpu.count                  | 0                         | /trainer/gpu/count",
                "trainer.gpu.devices[0].selectors[0] | true                     | /trainer/gpu/devices/0",
                "trainer.gpu.devices[0].deviceClassName | GPU                   | /trainer/gpu/devices/0/deviceClassName",
                "trainer.queueName                  | GPUs                      | /trainer/queueName",
                "trainer.image.tag                  | latest                    | /trainer/image/tag",
                "trainer.image.digest               | sha256:0                  | /trainer/image/digest",
                "trainer.settings.precision         | float16                   | /trainer/settings/precision",
                "trainer.settings.device            | cuda                      | /trainer/settings/device",
                "trainer.settings.checkpoints       | 0                         | /trainer/settings/checkpoints",
                "trainer.checkpoints.size           | big                       | /trainer/checkpoints/size",
                "trainer.autoscaling.minReplicas    | 0                         | /trainer/autoscaling/minReplicas",
                "trainer.autoscaling.kind           | vpa                       | /trainer/autoscaling/kind",
                "trainer.service.type               | ExternalName              | /trainer/service/type",
                "selector.autoscaling.maxReplicas   | 9                         | /selector/autoscaling/maxReplicas",
                "selector.settings.lossesOfHeap     | 1                         | /selector/settings/lossesOfHeap",
                "selector.settings.leastKeep        | 1.5                       | /selector/settings/leastKeep",
                "selector.settings.mostChange       | 0                         | /selector/settings/mostChange",
                "selector.settings.forgetAfter      | 12 hours                  | /selector/settings/forgetAfter",
                "scorer.settings.chunkSize          | 10001                     | /scorer/settings/chunkSize",
                "networkPolicy.oidc.port            | 70000                     | /networkPolicy/oidc/port",
                "keda.prometheusAddress             | prometheus:9090           | /keda/prometheusAddress",
                "serviceMonitor.interval            | often                     | /serviceMonitor/interval",
                "strimzi.topics.replicas            | 0                         | /strimzi/topics/replicas",
            })
    void invalidValuesAreRejectedByKey(String key, String value, String named) {
        assertThatThrownBy(() -> Rendered.of(Project.ciValues("default"), Map.of(key, value)))
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kafka.sasl.enabled=true                                       | kafka.sasl.existingSecret is empty",
                "kafka.tls.caSecret=ca                                         | kafka.tls.enabled is false",
                "kafka.sasl.existingSecret=login                               | kafka.sasl.enabled is false",
                "auth.oidc.enabled=true                                        | auth.oidc.authServerUrl is empty",
                "trainer.replicas=2                                            | trainer.checkpoints.accessModes is ReadWriteOnce",
                "trainer.autoscaling.minReplicas=5                             | trainer.autoscaling.minReplicas is 5, allowed is maxReplicas, 4",
                "strimzi.cluster.create=true,strimzi.cluster.version=4.1.0     | strimzi.cluster.version is 4.1.0, allowed is 4.2.0 or newer",
                "strimzi.cluster.create=true,strimzi.cluster.replicas=1        | strimzi.topics.replicas is 3, allowed is strimzi.cluster.replicas, 1",
                "trainer.gpu.devices[0].deviceClassName=gpu.nvidia.com         | trainer.gpu.devices is set, which requires trainer.gpu.enabled=true",
                "trainer.gpu.enabled=true,trainer.gpu.devices[0].deviceClassName=a,trainer.resources.limits.nvidia\\.com/gpu=1 | which gpu.devices takes the place of",
                "trainer.queueName=gpus,trainer.autoscaling.enabled=true,trainer.autoscaling.maxReplicas=1 | trainer.queueName is gpus, which requires trainer.autoscaling.enabled=false",
                "strimzi.topics.create=true,strimzi.topics.minInSyncReplicas=4 | strimzi.topics.minInSyncReplicas is 4, allowed is strimzi.topics.replicas, 3",
            })
    void conflictingValuesAreRejectedByKey(String set, String named) {
        Map<String, String> values = new TreeMap<>();
        for (String one : set.split(",", -1)) {
            values.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
        }
        assertThatThrownBy(() -> Rendered.of(Project.ciValues("default"), values))
                .hasMessageContaining(named);
    }

    /** Helm makes a list whose first item is null of them, in an upgrade too that reuses the values of a release which has the list. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "auth.hosts[1]",
                "auth.origins[1]",
                "image.pullSecrets[1]",
                "trainer.checkpoints.accessModes[1]",
                "trainer.dataFolders[1].name",
                "trainer.extraEnv[1].name",
                "trainer.extraVolumes[1].name",
                "trainer.extraVolumeMounts[1].name",
                "trainer.gpu.devices[1].deviceClassName",
                "trainer.gpu.tolerations[1].key",
                "trainer.tolerations[1].key"
            })
    void aListWithoutItsFirstItemIsRejected(String value) {
        assertThatThrownBy(() -> Rendered.of(Project.ciValues("default"), Map.of(value, "x")))
                .hasMessageContaining(
                        value.substring(value.lastIndexOf('.', value.indexOf('[')) + 1, value.indexOf('[')))
                .hasMessageContaining("0");
    }

    @Test
    void schemaCoversExactlyTheValues() {
        JsonNode schema = Project.json(Project.CHART.resolve("values.schema.json"));
        List<String> differences = new ArrayList<>();
        compare(schema, schema, Project.yaml(Project.CHART.resolve("values.yaml")), "", differences);
        assertThat(differences).isEmpty();
    }

    private static void compare(JsonNode root, JsonNode schema, JsonNode value, String path, List<String> differences) {
        JsonNode known = resolved(root, schema).path("properties");
        if (!value.isObject() || known.isMissingNode()) {
            return;
        }
        value.properties().forEach(entry -> {
            String below = path + "/" + entry.getKey();
            if (known.has(entry.getKey())) {
                compare(root, known.get(entry.getKey()), entry.getValue(), below, differences);
            } else {
                differences.add(below + " is not in the schema");
            }
        });
        known.fieldNames().forEachRemaining(name -> {
            if (!value.has(name) && !OPEN.contains(path + "/" + name) && !path.endsWith("/resources")) {
                differences.add(path + "/" + name + " is not in values.yaml");
            }
        });
    }

    private static JsonNode resolved(JsonNode root, JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.get("$ref").asText().substring(1)) : schema;
    }
}
