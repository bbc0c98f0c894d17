package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The chart and an API server, by both Helms: what existing claims refuse, and replicas under an autoscaler. No controllers run, so the test binds claims and
 * scales as they would. {@code mvn -pl helm test -Pcluster}.
 */
class LiveChartClusterTest {
    private static final List<String> CLAIMS = List.of("checkpoints", "datasets", "models");
    private static final String[] SHARED = CLAIMS.stream()
            .flatMap(claim -> List.of("--set", "trainer." + claim + ".accessModes={ReadWriteMany}").stream())
            .toArray(String[]::new);
    private static final String[] AUTOSCALED = {
        "--set", "trainer.autoscaling.enabled=true,trainer.autoscaling.kind=hpa",
        "--set", "selector.autoscaling.enabled=true,selector.autoscaling.kind=hpa"
    };

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static ApiServer server;

    private String helm = "";
    private String namespace = "";

    @BeforeAll
    static void start() throws Exception {
        server = ApiServer.started();
    }

    @AfterAll
    static void end() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void claimsThatCannotChangeAreRefusedBeforeAnythingElseChanges(String with) throws Exception {
        use(with, "refused");
        helm("install").succeeded();
        ApiServer.Ended upgrade = helm("upgrade", SHARED, AUTOSCALED, set("scorer.replicas=2"));
        assertThat(upgrade.status()).isNotZero();
        assertThat(upgrade.output())
                .contains("trainer.checkpoints.accessModes is ReadWriteMany, allowed is ReadWriteOnce")
                .contains("Ways out");
        assertThat(replicas("scorer")).isEqualTo(1);
        assertThat(server.client()
                        .autoscaling()
                        .v2()
                        .horizontalPodAutoscalers()
                        .inNamespace(namespace)
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(server.run(List.of(helm, "-n", namespace, "history", "lab", "-o", "json"))
                        .output())
                .containsOnlyOnce("\"revision\"");
    }

    /** The commands of the message, in its order. */
    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void deletedClaimsAreMadeAnew(String with) throws Exception {
        use(with, "anew");
        helm("install").succeeded();
        scale("trainer", 0);
        for (String claim : CLAIMS) {
            // Without its controller, nothing lifts the finalizer of a claim that no pod uses.
            server.client()
                    .persistentVolumeClaims()
                    .inNamespace(namespace)
                    .withName(name(claim))
                    .edit(live -> new PersistentVolumeClaimBuilder(live)
                            .editMetadata()
                            .withFinalizers(List.of())
                            .endMetadata()
                            .build());
            server.client()
                    .persistentVolumeClaims()
                    .inNamespace(namespace)
                    .withName(name(claim))
                    .delete();
        }
        helm(
                        "upgrade",
                        SHARED,
                        helm.equals("helm4") ? List.of("--force-conflicts").toArray(String[]::new) : set())
                .succeeded();
        for (String claim : CLAIMS) {
            assertThat(claim(claim).getSpec().getAccessModes()).containsExactly("ReadWriteMany");
        }
        assertThat(replicas("trainer")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void anotherClaimTakesThePlaceOfTheCharts(String with) throws Exception {
        use(with, "another");
        helm("install").succeeded();
        helm("upgrade", set("trainer.checkpoints.existingClaim=other")).succeeded();
        assertThat(trainers().getSpec().getTemplate().getSpec().getVolumes())
                .anyMatch(volume -> volume.getPersistentVolumeClaim() != null
                        && volume.getPersistentVolumeClaim().getClaimName().equals("other"));
        // Its files are not lost.
        assertThat(claim("checkpoints").getSpec().getAccessModes()).containsExactly("ReadWriteOnce");
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void claimsGrowWhereTheirClassAllowsIt(String with) throws Exception {
        use(with, "grow");
        for (boolean grows : List.of(true, false)) {
            server.client()
                    .storage()
                    .v1()
                    .storageClasses()
                    .resource(new StorageClassBuilder()
                            .withNewMetadata()
                            .withName(namespace + "-" + grows)
                            .endMetadata()
                            .withProvisioner("example.org/disk")
                            .withAllowVolumeExpansion(grows)
                            .build())
                    .create();
        }
        helm(
                        "install",
                        set("trainer.models.storageClassName=" + namespace + "-true,trainer.datasets.storageClassName="
                                + namespace + "-false"))
                .succeeded();
        assertThat(helm("upgrade", set("trainer.models.size=6Gi")).output()).contains("until a volume is bound to it");
        bind("models");
        bind("datasets");
        assertThat(helm("upgrade", set("trainer.datasets.size=21Gi")).output())
                .contains("does not have allowVolumeExpansion");
        assertThat(helm("upgrade", set("trainer.models.size=4Gi")).output()).contains("allowed is 5Gi or more");
        // Neither value names the classes now: they stay.
        helm("upgrade", set("trainer.models.size=6Gi")).succeeded();
        assertThat(claim("models").getSpec().getResources().getRequests().get("storage"))
                .isEqualTo(new Quantity("6Gi"));
        assertThat(claim("models").getSpec().getStorageClassName()).isEqualTo(namespace + "-true");
        assertThat(claim("datasets").getSpec().getStorageClassName()).isEqualTo(namespace + "-false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void switchingAutoscalingOnKeepsTheReplicas(String with) throws Exception {
        use(with, "switched");
        helm("install", SHARED, set("trainer.replicas=3,selector.replicas=5")).succeeded();
        helm("upgrade", SHARED, AUTOSCALED).succeeded();
        assertThat(replicas("trainer")).isEqualTo(3);
        assertThat(replicas("selector")).isEqualTo(5);
        // The autoscaler acts, and takes the field over.
        scale("trainer", 4);
        scale("selector", 8);
        helm("upgrade", SHARED, AUTOSCALED, set("scorer.replicas=2")).succeeded();
        assertThat(replicas("trainer")).isEqualTo(4);
        assertThat(replicas("selector")).isEqualTo(8);
        if (helm.equals("helm4")) {
            assertThat(ownersOfReplicas("selector")).hasSize(1).noneMatch(manager -> manager.equals("helm"));
        }
        scale("selector", 6);
        helm("upgrade", SHARED, AUTOSCALED, set("scorer.replicas=1")).succeeded();
        assertThat(replicas("selector")).isEqualTo(6);
        assertThat(replicas("trainer")).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void aReleaseWithAutoscalingFromTheBeginningLeavesReplicasToIt(String with) throws Exception {
        use(with, "autoscaled");
        helm("install", SHARED, AUTOSCALED).succeeded();
        scale("selector", 4);
        helm("upgrade", SHARED, AUTOSCALED, set("scorer.replicas=2")).succeeded();
        assertThat(replicas("selector")).isEqualTo(4);
        scale("selector", 5);
        server.run(List.of(helm, "-n", namespace, "rollback", "lab", "1")).succeeded();
        assertThat(replicas("selector")).isEqualTo(5);
        assertThat(replicas("scorer")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"helm3", "helm4"})
    void anotherListOfDevicesIsAnotherTemplateAndARollout(String with) throws Exception {
        use(with, "devices");
        String[] values = {"-f", "dietsb/ci/gpu-claim-values.yaml"};
        helm("install", values).succeeded();
        String template = templateOfTrainers();
        helm("upgrade", values, set("trainer.gpu.devices[0].deviceClassName=mig.nvidia.com"))
                .succeeded();
        assertThat(templateOfTrainers()).isNotEqualTo(template);
        ApiServer.Ended bad = helm(
                "upgrade",
                values,
                set(
                        "trainer.gpu.devices[0].deviceClassName=gpu.nvidia.com,trainer.gpu.devices[0].selectors[0]=device."));
        assertThat(bad.status()).isNotZero();
        assertThat(bad.output()).contains("selectors[0].cel.expression");
    }

    /** Returns the name of the template that the trainers' claims are made of, which exists. */
    private String templateOfTrainers() {
        String template = trainers()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getResourceClaims()
                .get(0)
                .getResourceClaimTemplateName();
        assertThat(server.client()
                        .genericKubernetesResources("resource.k8s.io/v1", "ResourceClaimTemplate")
                        .inNamespace(namespace)
                        .withName(template)
                        .get())
                .isNotNull();
        return template;
    }

    private void use(String with, String test) {
        Assumptions.assumeTrue(server.has(with), with + " is missing: run helm/cluster/build");
        helm = with;
        namespace = test + "-" + with;
    }

    private ApiServer.Ended helm(String verb, String[]... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(helm, "-n", namespace, verb, "lab", "dietsb"));
        command.addAll(List.of("-f", "dietsb/ci/default-values.yaml"));
        if (verb.equals("install")) {
            command.add("--create-namespace");
        }
        for (String[] some : options) {
            command.addAll(List.of(some));
        }
        return server.run(command);
    }

    private static String[] set(String... values) {
        return values.length == 0 ? values : new String[] {"--set", String.join(",", values)};
    }

    private static String name(String claim) {
        return "lab-dietsb-trainer-" + claim;
    }

    private PersistentVolumeClaim claim(String claim) {
        return server.client()
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name(claim))
                .get();
    }

    private void bind(String claim) {
        server.client()
                .persistentVolumeClaims()
                .inNamespace(namespace)
                .withName(name(claim))
                .subresource("status")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": {\"phase\": \"Bound\"}}");
    }

    private StatefulSet trainers() {
        return server.client()
                .apps()
                .statefulSets()
                .inNamespace(namespace)
                .withName("lab-dietsb-trainer")
                .get();
    }

    private Deployment deployment(String component) {
        return server.client()
                .apps()
                .deployments()
                .inNamespace(namespace)
                .withName("lab-dietsb-" + component)
                .get();
    }

    private int replicas(String component) {
        return component.equals("trainer")
                ? trainers().getSpec().getReplicas()
                : deployment(component).getSpec().getReplicas();
    }

    /** As the controller of a HorizontalPodAutoscaler does: an update of subresource scale. */
    private void scale(String component, int replicas) {
        String path = "/apis/apps/v1/namespaces/%s/%s/lab-dietsb-%s/scale?fieldManager=kube-controller-manager"
                .formatted(namespace, component.equals("trainer") ? "statefulsets" : "deployments", component);
        Map<String, Object> scale = Map.of(
                "apiVersion",
                "autoscaling/v1",
                "kind",
                "Scale",
                "metadata",
                Map.of("name", "lab-dietsb-" + component, "namespace", namespace),
                "spec",
                Map.of("replicas", replicas));
        server.client().raw(path, "PUT", scale);
        assertThat(replicas(component)).isEqualTo(replicas);
    }

    private List<String> ownersOfReplicas(String component) {
        return deployment(component).getMetadata().getManagedFields().stream()
                .filter(fields -> fields.getFieldsV1().getAdditionalProperties().get("f:spec") instanceof Map<?, ?> spec
                        && spec.containsKey("f:replicas"))
                .map(ManagedFieldsEntry::getManager)
                .toList();
    }
}
