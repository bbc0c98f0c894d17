package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart renders, or refuses, because of objects that the cluster has. ClusterTest asks a real API server. */
class LiveObjectsTest {
    private static final String CLAIM = "lab-dietsb-trainer-checkpoints";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "accessModes[0]=ReadWriteMany | trainer.checkpoints.accessModes is ReadWriteMany, allowed is ReadWriteOnce, that of claim "
                        + CLAIM,
                "storageClassName=slow       | trainer.checkpoints.storageClassName is slow, allowed is fast, that of claim "
                        + CLAIM,
                "size=9.5Gi                  | trainer.checkpoints.size is 9.5Gi, allowed is 10Gi or more, the size of claim "
                        + CLAIM,
                "size=11Gi                   | allowed is 10Gi, the size of claim lab-dietsb-trainer-checkpoints: its storage class, fast, does not",
            })
    void aClaimThatCannotChangeIsRefusedWithTheWaysOut(String set, String said) {
        String key = "trainer.checkpoints." + set.substring(0, set.indexOf('='));
        assertThatThrownBy(() -> Rendered.on(
                        List.of(claim("10Gi", "Bound"), storageClass(false)),
                        Project.ciValues("default"),
                        Map.of(key, set.substring(set.indexOf('=') + 1))))
                .hasMessageContaining(said)
                .hasMessageContaining("set trainer.checkpoints.existingClaim to its name")
                .hasMessageContaining("kubectl -n ml delete pvc " + CLAIM);
    }

    @Test
    void aClaimOfAClassThatCanGrowMayGrowOnceItHasAVolume() {
        Map<String, ?> grown = Map.of("trainer.checkpoints.size", "10241Mi");
        JsonNode claim = Rendered.on(
                        List.of(claim("10Gi", "Bound"), storageClass(true)), Project.ciValues("default"), grown)
                .one("PersistentVolumeClaim", CLAIM);
        assertThat(claim.at("/spec/resources/requests/storage").asText()).isEqualTo("10241Mi");
        assertThatThrownBy(() -> Rendered.on(
                        List.of(claim("10Gi", "Pending"), storageClass(true)), Project.ciValues("default"), grown))
                .hasMessageContaining("until a volume is bound to it");
    }

    @Test
    void anEqualClaimStaysAsItIs() {
        JsonNode claim = Rendered.on(List.of(claim("10240Mi", "Pending")), Project.ciValues("default"), Map.of())
                .one("PersistentVolumeClaim", CLAIM);
        // An empty value means the default class, which may not be that of the claim.
        assertThat(claim.at("/spec/storageClassName").asText()).isEqualTo("fast");
        assertThat(Rendered.ofCi("default")
                        .one("PersistentVolumeClaim", CLAIM)
                        .at("/spec")
                        .has("storageClassName"))
                .isFalse();
    }

    @Test
    void aClaimOfAnotherOwnerIsNotCompared() {
        assertThat(Rendered.on(
                                List.of(claim("10Gi", "Bound")),
                                Project.ciValues("default"),
                                Map.of("trainer.checkpoints.existingClaim", "other", "trainer.checkpoints.size", "1Gi"))
                        .all("PersistentVolumeClaim"))
                .noneMatch(claim -> Rendered.name(claim).equals(CLAIM));
    }

    /** A field that was rendered and then is omitted would fall to 1. */
    @Test
    void aWorkloadKeepsItsReplicasWhenAutoscalingIsSwitchedOn() {
        Rendered rendered = Rendered.on(
                List.of(
                        workload("StatefulSet", "trainer", 3, "Update", true),
                        workload("Deployment", "selector", 5, "Update", true)),
                Project.ciValues("default"),
                autoscaled());
        assertThat(rendered.workload("trainer").at("/spec/replicas").asInt()).isEqualTo(3);
        assertThat(rendered.workload("selector").at("/spec/replicas").asInt()).isEqualTo(5);
        assertThat(marked(rendered, "trainer")).isTrue();
        assertThat(marked(rendered, "selector")).isTrue();
    }

    @Test
    void aWorkloadWithoutPodsStartsWithTheMinimumBecauseAutoscalersLeaveZeroAlone() {
        Rendered rendered = Rendered.on(
                List.of(workload("Deployment", "selector", 0, "Update", true)),
                Project.ciValues("default"),
                autoscaled());
        assertThat(rendered.workload("selector").at("/spec/replicas").asInt()).isEqualTo(2);
    }

    @Test
    void replicasThatTheAutoscalerOwnsAreNotApplied() {
        for (boolean owned : List.of(true, false)) {
            Rendered rendered = Rendered.on(
                    List.of(workload("Deployment", "selector", 5, "Apply", owned)),
                    Project.ciValues("default"),
                    autoscaled());
            assertThat(rendered.workload("selector").at("/spec").has("replicas"))
                    .as("helm owns the field: " + owned)
                    .isEqualTo(owned);
            assertThat(marked(rendered, "selector")).isEqualTo(owned);
        }
    }

    @Test
    void aWorkloadThatWasAutoscaledFromTheBeginningHasNoReplicas() {
        ObjectNode selector = workload("Deployment", "selector", 5, "Update", true);
        ((ObjectNode) selector.get("metadata")).remove("annotations");
        Rendered rendered = Rendered.on(List.of(selector), Project.ciValues("default"), autoscaled());
        assertThat(rendered.workload("selector").at("/spec").has("replicas")).isFalse();
    }

    private static Map<String, ?> autoscaled() {
        return Map.of(
                "selector.autoscaling.enabled", true,
                "trainer.autoscaling.enabled", true,
                "trainer.checkpoints.accessModes[0]", "ReadWriteMany",
                "trainer.datasets.accessModes[0]", "ReadWriteMany",
                "trainer.models.accessModes[0]", "ReadWriteMany");
    }

    private static boolean marked(Rendered rendered, String component) {
        return rendered.workload(component)
                .at("/metadata/annotations/dietsb.org~1replicas")
                .asText()
                .equals("chart");
    }

    private static JsonNode claim(String size, String phase) {
        ObjectNode claim = object("PersistentVolumeClaim", CLAIM, "ml");
        ObjectNode spec = claim.putObject("spec").put("storageClassName", "fast");
        spec.putArray("accessModes").add("ReadWriteOnce");
        spec.putObject("resources").putObject("requests").put("storage", size);
        claim.putObject("status").put("phase", phase);
        return claim;
    }

    private static JsonNode storageClass(boolean grows) {
        return object("StorageClass", "fast", "").put("allowVolumeExpansion", grows);
    }

    /** A workload that Helm manages by the given operation, whose fields include the replicas or not. */
    private static ObjectNode workload(String kind, String component, int replicas, String operation, boolean owned) {
        ObjectNode workload = object(kind, "lab-dietsb-" + component, "ml");
        ObjectNode metadata = (ObjectNode) workload.get("metadata");
        metadata.putObject("annotations").put("dietsb.org/replicas", "chart");
        ObjectNode manager = metadata.putArray("managedFields")
                .addObject()
                .put("manager", "helm")
                .put("operation", operation);
        ObjectNode fields = manager.putObject("fieldsV1").putObject("f:spec");
        fields.putObject("f:template");
        if (owned) {
            fields.putObject("f:replicas");
        }
        workload.putObject("spec").put("replicas", replicas);
        return workload;
    }

    private static ObjectNode object(String kind, String name, String namespace) {
        ObjectNode object = Project.JSON.createObjectNode().put("kind", kind);
        object.putObject("metadata").put("name", name).put("namespace", namespace);
        return object;
    }
}
