package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The pods: placement, security, resources and life cycle. */
class WorkloadsTest {

    static List<Path> files() {
        return Project.ciValues();
    }

    /** Else only kubectl logs --previous knows why a container does not start. */
    @ParameterizedTest
    @MethodSource("files")
    void podsSayWhyTheyFailed(Path values) {
        Rendered rendered = Rendered.of(values, Map.of());
        for (String service : Project.SERVICES) {
            assertThat(rendered.container(service)
                            .path("terminationMessagePolicy")
                            .asText())
                    .isEqualTo("FallbackToLogsOnError");
        }
    }

    @Test
    void aNodeOfTwoCpusHasRoomForAllPodsOfALaptop() {
        int millis = 0;
        Rendered rendered = Rendered.ofCi("laptop");
        for (String service : Project.SERVICES) {
            String cpu =
                    rendered.container(service).at("/resources/requests/cpu").asText();
            assertThat(cpu).as(service).endsWith("m");
            millis += Integer.parseInt(cpu.replace("m", ""));
        }
        assertThat(millis).as("kind's own pods request 950m").isLessThanOrEqualTo(2_000 - 950);
    }

    /** Checks the requirements of Pod Security "restricted" and a read-only root file system. */
    @ParameterizedTest
    @MethodSource("files")
    void podsAreRestricted(Path values) {
        Rendered rendered = Rendered.of(values, Map.of());
        for (String service : Project.SERVICES) {
            JsonNode pod = rendered.pod(service);
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10001);
            assertThat(pod.at("/securityContext/runAsGroup").asInt()).isEqualTo(10001);
            assertThat(pod.at("/securityContext/fsGroup").asInt()).isEqualTo(10001);
            assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
            assertThat(pod.get("automountServiceAccountToken").asBoolean(true)).isFalse();
            assertThat(pod.has("hostNetwork") || pod.has("hostPID") || pod.has("hostIPC"))
                    .isFalse();
            assertThat(pod.get("containers")).hasSize(1);
            JsonNode container = rendered.container(service).get("securityContext");
            assertThat(container.get("allowPrivilegeEscalation").asBoolean(true))
                    .isFalse();
            assertThat(container.get("readOnlyRootFilesystem").asBoolean()).isTrue();
            assertThat(container.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
            assertThat(container.has("privileged")).isFalse();
            assertThat(pod.get("volumes")).noneMatch(volume -> volume.has("hostPath"));
        }
        assertThat(rendered.manifests())
                .noneMatch(manifest -> manifest.get("kind").asText().matches("(Cluster)?Role(Binding)?|Secret"));
    }

    @Test
    void theControlRoomLinksToGrafanaIfItIsNamed() {
        assertThat(Rendered.ofCi("default")
                        .variable("selector", "DIETSB_SELECTOR_GRAFANA_URL")
                        .isMissingNode())
                .isTrue();
        assertThat(Rendered.of(
                                Project.ciValues("default"),
                                Map.of("selector.grafanaUrl", "https://grafana.example.org"))
                        .variable("selector", "DIETSB_SELECTOR_GRAFANA_URL")
                        .path("value")
                        .asText())
                .isEqualTo("https://grafana.example.org");
    }

    @Test
    void writableFoldersAreMounted() {
        Rendered rendered = Rendered.ofCi("default");
        for (String service : Project.SERVICES) {
            assertThat(Rendered.item(rendered.container(service).get("volumeMounts"), "mountPath", "/tmp")
                            .get("name")
                            .asText())
                    .isEqualTo("tmp");
            assertThat(Rendered.item(rendered.pod(service).get("volumes"), "name", "tmp")
                            .has("emptyDir"))
                    .isTrue();
        }
        JsonNode mounts = rendered.container("trainer").get("volumeMounts");
        JsonNode volumes = rendered.pod("trainer").get("volumes");
        String home = rendered.variable("trainer", "DIETSB_HOME").get("value").asText();
        for (String folder : List.of("checkpoints", "datasets", "models")) {
            assertThat(Rendered.item(mounts, "mountPath", home + "/" + folder)
                            .get("name")
                            .asText())
                    .isEqualTo(folder);
            String claim = Rendered.item(volumes, "name", folder)
                    .at("/persistentVolumeClaim/claimName")
                    .asText();
            assertThat(rendered.one("PersistentVolumeClaim", folder)
                            .at("/metadata/name")
                            .asText())
                    .isEqualTo(claim);
            assertThat(rendered.one("PersistentVolumeClaim", folder)
                            .at("/metadata/annotations/helm.sh~1resource-policy")
                            .asText())
                    .isEqualTo("keep");
        }
        assertThat(rendered.variable("trainer", "DJL_CACHE_DIR").get("value").asText())
                .startsWith("/tmp/");
    }

    @Test
    void everyMountHasItsVolume() {
        for (Path values : files()) {
            Rendered rendered = Rendered.of(values, Map.of());
            for (String service : Project.SERVICES) {
                List<String> volumes = new ArrayList<>();
                rendered.pod(service)
                        .get("volumes")
                        .forEach(volume -> volumes.add(volume.get("name").asText()));
                List<String> mounts = new ArrayList<>();
                rendered.container(service)
                        .get("volumeMounts")
                        .forEach(mount -> mounts.add(mount.get("name").asText()));
                assertThat(volumes).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(mounts);
            }
        }
    }

    @Test
    void devicesAreClaimedInTheOrderOfPreference() {
        Rendered rendered = Rendered.ofCi("gpu-claim");
        JsonNode container = rendered.container("trainer");
        assertThat(container.at("/resources/claims/0/name").asText()).isEqualTo("gpu");
        assertThat(container.at("/resources/limits").toString()).doesNotContain("nvidia");
        JsonNode claim = rendered.pod("trainer").at("/resourceClaims/0");
        assertThat(claim.path("name").asText()).isEqualTo("gpu");
        JsonNode template = rendered.one(
                "ResourceClaimTemplate", claim.path("resourceClaimTemplateName").asText());
        JsonNode choices = template.at("/spec/spec/devices/requests/0/firstAvailable");
        assertThat(choices).hasSize(2);
        assertThat(choices.at("/0/selectors/0/cel/expression").asText()).contains("h100");
        assertThat(choices.at("/1/selectors")).hasSize(2);
        // One kind needs no choice.
        JsonNode ofProxies = rendered.one(
                "ResourceClaimTemplate",
                rendered.one("StatefulSet", "-proxies")
                        .at("/spec/template/spec/resourceClaims/0/resourceClaimTemplateName")
                        .asText());
        assertThat(ofProxies
                        .at("/spec/spec/devices/requests/0/exactly/deviceClassName")
                        .asText())
                .isEqualTo("mig.nvidia.com");
        assertThat(ofProxies.at("/spec/spec/devices/requests/0/exactly/count").asInt())
                .isEqualTo(1);
        // The spec of a template cannot change.
        assertThat(Rendered.of(Project.ciValues("gpu-claim"), Map.of("trainer.gpu.count", 2))
                        .pod("trainer")
                        .at("/resourceClaims/0/resourceClaimTemplateName")
                        .asText())
                .isNotEqualTo(claim.path("resourceClaimTemplateName").asText());
        assertThat(rendered.variable("trainer", "DIETSB_TRAINER_DEVICE")
                        .get("value")
                        .asText())
                .isEqualTo("gpu:0");
    }

    @Test
    void gpuIsALimitOfTheNamedResource() {
        Rendered rendered = Rendered.ofCi("gpu-mig");
        JsonNode resources = rendered.container("trainer").get("resources");
        assertThat(resources.at("/limits/nvidia.com~1mig-1g.10gb").asText()).isEqualTo("1");
        assertThat(resources.at("/limits/memory").asText()).isNotEmpty();
        assertThat(resources.get("requests").toString()).doesNotContain("nvidia");
        JsonNode pod = rendered.pod("trainer");
        assertThat(pod.get("runtimeClassName").asText()).isEqualTo("nvidia");
        assertThat(pod.get("nodeSelector").toString())
                .contains("NVIDIA-H100-80GB-HBM3")
                .contains("amd64");
        JsonNode toleration = Rendered.item(pod.get("tolerations"), "key", "nvidia.com/gpu");
        assertThat(toleration.get("operator").asText()).isEqualTo("Exists");
        assertThat(toleration.get("effect").asText()).isEqualTo("NoSchedule");
        assertThat(Rendered.item(pod.get("tolerations"), "key", "training").isMissingNode())
                .isFalse();
        // A trainer without a GPU does not fall back to the CPU.
        assertThat(rendered.variable("trainer", "DIETSB_TRAINER_DEVICE")
                        .get("value")
                        .asText())
                .isEqualTo("gpu:0");
        for (String other : List.of("selector", "scorer")) {
            assertThat(rendered.pod(other).toString()).doesNotContain("nvidia");
        }
    }

    @Test
    void withoutGpuNoManifestMentionsOne() {
        Rendered rendered = Rendered.ofCi("default");
        assertThat(rendered.workload("trainer").toString())
                .doesNotContain("nvidia")
                .doesNotContain("-cuda");
        assertThat(rendered.pod("trainer").has("runtimeClassName")).isFalse();
        assertThat(rendered.variable("trainer", "DIETSB_TRAINER_DEVICE")
                        .get("value")
                        .asText())
                .isEqualTo("cpu");
    }

    @Test
    void trainerStopsBeforeItsSuccessorStarts() {
        JsonNode trainer = Rendered.ofCi("default").workload("trainer");
        assertThat(trainer.get("kind").asText()).isEqualTo("StatefulSet");
        assertThat(trainer.at("/spec/podManagementPolicy").asText()).isEqualTo("Parallel");
        assertThat(Rendered.ofCi("default")
                        .one("Service", trainer.at("/spec/serviceName").asText())
                        .at("/spec/clusterIP")
                        .asText())
                .isEqualTo("None");
    }

    /** Stopping takes stop-within, 20 s for the batch, 15 s to release the order, and a few seconds to close resources. */
    @Test
    void gracePeriodOfTrainersCoversTheirShutdown() {
        Rendered rendered = Rendered.of(
                Project.ciValues("default"),
                Map.of("trainer.settings.stopWithinSeconds", 120, "trainer.preStopSeconds", 7));
        assertThat(rendered.variable("trainer", "DIETSB_TRAINER_STOP_WITHIN")
                        .get("value")
                        .asText())
                .isEqualTo("PT120S");
        assertThat(rendered.container("trainer")
                        .at("/lifecycle/preStop/sleep/seconds")
                        .asInt())
                .isEqualTo(7);
        assertThat(rendered.pod("trainer").get("terminationGracePeriodSeconds").asInt())
                .isGreaterThanOrEqualTo(7 + 120 + 20 + 15 + 5);
        assertThat(Rendered.of(Project.ciValues("default"), Map.of("trainer.preStopSeconds", 0))
                        .container("trainer")
                        .has("lifecycle"))
                .isFalse();
    }

    @Test
    void probesUseTheManagementPort() {
        Rendered rendered = Rendered.of(Project.ciValues("default"), Map.of("trainer.startupSeconds", 301));
        for (String service : Project.SERVICES) {
            JsonNode container = rendered.container(service);
            for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
                assertThat(container.at("/" + probe + "/httpGet/port").asText()).isEqualTo("management");
                assertThat(container.at("/" + probe + "/httpGet/path").asText())
                        .isEqualTo("/q/health/" + (probe.equals("readinessProbe") ? "ready" : "live"));
            }
            // Readiness waits 3 s for the broker.
            assertThat(container.at("/readinessProbe/timeoutSeconds").asInt()).isGreaterThan(3);
        }
        JsonNode startup = rendered.container("trainer").get("startupProbe");
        assertThat(startup.get("periodSeconds").asInt()
                        * startup.get("failureThreshold").asInt())
                .isBetween(301, 303);
    }

    @Test
    void podSelectorsMatchExactlyOneComponent() {
        for (Path values : files()) {
            Rendered rendered = Rendered.of(values, Map.of());
            for (String service : Project.SERVICES) {
                JsonNode labels = rendered.workload(service).at("/spec/template/metadata/labels");
                JsonNode match = rendered.workload(service).at("/spec/selector/matchLabels");
                // Contains nothing that a later version or a label of a user changes.
                assertThat(match.properties().stream().map(Map.Entry::getKey).toList())
                        .containsExactlyInAnyOrder(
                                "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component");
                List<JsonNode> selecting = new ArrayList<>(List.of(
                        match,
                        rendered.one("Service", "-" + service).at("/spec/selector"),
                        rendered.one("Service", "-" + service + "-pods").at("/spec/selector")));
                rendered.all("PodDisruptionBudget").stream()
                        .filter(budget -> Rendered.name(budget).endsWith("-" + service))
                        .forEach(budget -> selecting.add(budget.at("/spec/selector/matchLabels")));
                rendered.pod(service)
                        .get("topologySpreadConstraints")
                        .forEach(spread -> selecting.add(spread.at("/labelSelector/matchLabels")));
                assertThat(selecting).allSatisfy(selector -> {
                    assertThat(selector.get("app.kubernetes.io/component").asText())
                            .isEqualTo(service);
                    selector.properties().forEach(label -> assertThat(labels.get(label.getKey()))
                            .isEqualTo(label.getValue()));
                });
            }
        }
    }

    @Test
    void autoscaledWorkloadsHaveNoReplicas() {
        Rendered fixed = Rendered.ofCi("default");
        assertThat(fixed.workload("trainer").at("/spec/replicas").asInt()).isEqualTo(1);
        assertThat(fixed.workload("selector").at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(fixed.all("ScaledObject")).isEmpty();
        assertThat(fixed.all("HorizontalPodAutoscaler")).isEmpty();
        Rendered scaled = Rendered.ofCi("full");
        for (String service : List.of("trainer", "selector")) {
            assertThat(scaled.workload(service).at("/spec").has("replicas")).isFalse();
        }
        JsonNode trainer = scaled.one("HorizontalPodAutoscaler", "-trainer");
        assertThat(trainer.at("/spec/scaleTargetRef/kind").asText()).isEqualTo("StatefulSet");
        assertThat(trainer.at("/spec/scaleTargetRef/name"))
                .isEqualTo(scaled.workload("trainer").at("/metadata/name"));
        assertThat(trainer.at("/spec/metrics/0/external/metric/name").asText()).isEqualTo("dietsb_orders_open");
        JsonNode selector = scaled.one("ScaledObject", "-selector");
        assertThat(selector.at("/spec/scaleTargetRef/name"))
                .isEqualTo(scaled.workload("selector").at("/metadata/name"));
        assertThat(selector.at("/spec/triggers/0/metadata/query").asText())
                .isEqualTo("sum(dietsb_selector_lag{namespace=\"lab\",pod=~\"diet-lab-selector-[a-z0-9-]+\"})");
        JsonNode ofPods = Rendered.of(
                        Project.ciValues("default"),
                        Map.of("selector.autoscaling.enabled", true, "selector.autoscaling.kind", "hpa"))
                .one("HorizontalPodAutoscaler", "-selector");
        Models.validate(ofPods);
        assertThat(ofPods.at("/spec/metrics/0/pods/metric/name").asText()).isEqualTo("dietsb_selector_lag");
        JsonNode keda = Rendered.ofCi("gpu-mig").one("ScaledObject", "-trainer");
        assertThat(keda.at("/spec/triggers/0/metadata/query").asText())
                .isEqualTo(
                        "max(dietsb_orders_open{namespace=\"ml\",pod=~\"lab-dietsb-(trainer|proxies)-[0-9]+\",topic=\"training-orders\"})");
        assertThat(keda.at("/spec/triggers/0/metadata/threshold").asText()).isEqualTo("1");
        assertThat(keda.at("/spec/maxReplicaCount").asInt()).isEqualTo(7);
        assertThat(Rendered.of(Project.ciValues("gpu-mig"), Map.of("trainer.proxies.replicas", 0))
                        .one("ScaledObject", "-trainer")
                        .at("/spec/triggers/0/metadata/query")
                        .asText())
                .isEqualTo(
                        "sum(max by (topic) (dietsb_orders_open{namespace=\"ml\",pod=~\"lab-dietsb-(trainer|proxies)-[0-9]+\"}))");
    }

    @Test
    void dedicatedProxyTrainersNeedNoGpu() {
        Rendered rendered = Rendered.ofCi("gpu-mig");
        JsonNode proxies = rendered.one("StatefulSet", "-proxies");
        Models.validate(proxies);
        assertThat(proxies.at("/spec/replicas").asInt()).isEqualTo(2);
        // No GPUs and no GPU nodes.
        assertThat(proxies.toString())
                .doesNotContain("nvidia")
                .doesNotContain("-cuda")
                .doesNotContain("\"key\":\"training\"");
        JsonNode environment = proxies.at("/spec/template/spec/containers/0/env");
        assertThat(value(environment, "DIETSB_TRAINER_DEVICE")).isEqualTo("cpu");
        // Each kind of order has trainers that take it.
        assertThat(value(environment, "DIETSB_TRAINER_TAKES")).isEqualTo("proxies");
        assertThat(value(rendered.container("trainer").get("env"), "DIETSB_TRAINER_TAKES"))
                .isEqualTo("runs");
        // Everything else equals that of the trainers: volumes and the connection to Kafka.
        assertThat(proxies.at("/spec/template/spec/volumes"))
                .isEqualTo(rendered.pod("trainer").get("volumes"));
        assertThat(value(environment, "KAFKA_BOOTSTRAP_SERVERS"))
                .isEqualTo(value(rendered.container("trainer").get("env"), "KAFKA_BOOTSTRAP_SERVERS"));
        // Runs are ordered at the other trainers, and no selector matches both groups.
        JsonNode labels = proxies.at("/spec/template/metadata/labels");
        assertThat(labels.get("app.kubernetes.io/component").asText()).isEqualTo("proxies");
        assertThat(proxies.at("/spec/selector/matchLabels/app.kubernetes.io~1component")
                        .asText())
                .isEqualTo("proxies");
        assertThat(rendered.one("Service", "-trainer")
                        .at("/spec/selector/app.kubernetes.io~1component")
                        .asText())
                .isEqualTo("trainer");
        JsonNode metrics = rendered.one("Service", "-proxies-pods");
        assertThat(metrics.at("/metadata/name")).isEqualTo(proxies.at("/spec/serviceName"));
        assertThat(metrics.at("/spec/selector/app.kubernetes.io~1component").asText())
                .isEqualTo("proxies");
        // For Prometheus they are trainers.
        assertThat(metrics.at("/metadata/labels/app.kubernetes.io~1component").asText())
                .isEqualTo("trainer");
        assertThat(rendered.one("PodDisruptionBudget", "-proxies")
                        .at("/spec/selector/matchLabels/app.kubernetes.io~1component")
                        .asText())
                .isEqualTo("proxies");
    }

    @Test
    void proxiesMayUseASliceOfAGpu() {
        Rendered rendered = Rendered.of(Project.ciValues("gpu-mig"), Map.of("trainer.proxies.gpu.enabled", true));
        JsonNode pod = rendered.one("StatefulSet", "-proxies").at("/spec/template/spec");
        assertThat(pod.at("/containers/0/resources/limits/nvidia.com~1mig-1g.10gb")
                        .asText())
                .isEqualTo("1");
        assertThat(pod.at("/containers/0/image").asText()).endsWith("-cuda");
        assertThat(value(pod.at("/containers/0/env"), "DIETSB_TRAINER_DEVICE")).isEqualTo("gpu:0");
        assertThat(pod.get("runtimeClassName").asText()).isEqualTo("nvidia");
    }

    @Test
    void withoutDedicatedTrainersAllTrainersTakeProxies() {
        Rendered rendered = Rendered.ofCi("default");
        assertThat(rendered.variable("trainer", "DIETSB_TRAINER_TAKES")
                        .get("value")
                        .asText())
                .isEqualTo("all");
        assertThat(rendered.manifests())
                .noneMatch(manifest -> Rendered.name(manifest).contains("proxies"));
    }

    private static String value(JsonNode environment, String variable) {
        return Rendered.item(environment, "name", variable).path("value").asText();
    }

    @Test
    void namesLabelsAndNamespacesCanBeOverridden() {
        Rendered full = Rendered.ofCi("full");
        assertThat(full.manifests()).allSatisfy(manifest -> {
            assertThat(manifest.at("/metadata/namespace").asText()).isEqualTo("lab");
            assertThat(manifest.at("/metadata/labels/team").asText()).isEqualTo("vision");
            assertThat(manifest.at("/metadata/annotations/example.org~1owner").asText())
                    .isEqualTo("vision");
            assertThat(manifest.at("/metadata/labels/app.kubernetes.io~1managed-by")
                            .asText())
                    .isEqualTo("Helm");
            if (!manifest.get("kind").asText().equals("KafkaTopic")) {
                assertThat(Rendered.name(manifest)).matches("diet-lab.*|dietsb");
            }
        });
        JsonNode template = full.workload("trainer").at("/spec/template");
        assertThat(template.at("/metadata/labels/team").asText()).isEqualTo("vision");
        assertThat(template.at("/metadata/labels/queue").asText()).isEqualTo("training");
        assertThat(template.at("/spec/priorityClassName").asText()).isEqualTo("training");
        assertThat(template.at("/spec/affinity").toString()).contains("nvidia.com/gpu.present");
        assertThat(template.at("/spec/imagePullSecrets/0/name").asText()).isEqualTo("registry");
        assertThat(template.at("/spec/serviceAccountName").asText()).isEqualTo("dietsb");
        assertThat(full.variable("trainer", "DIETSB_TRAINER_DATA_DIRS")
                        .get("value")
                        .asText())
                .isEqualTo("/usr/share/datasets,/data/cifar");
        assertThat(full.variable("trainer", "JAVA_TOOL_OPTIONS").get("value").asText())
                .isEqualTo("-Xmx4g");
    }
}
