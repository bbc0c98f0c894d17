package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** GPUs as the scheduler sees them: the node offers what its status says. */
class GpuNodeClusterTest {
    private static final String SECOND = "lab-dietsb-trainer-1";

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static Node node;

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static Lab lab;

    @BeforeAll
    static void install() throws Exception {
        node = Node.here();
        lab = new Lab(node, "gpus");
        lab.helm(
                "install",
                "--create-namespace --set trainer.gpu.enabled=true,trainer.image.tag=0.1.0-SNAPSHOT,trainer.settings.device=cpu,"
                        + "trainer.replicas=2,trainer.checkpoints.accessModes={ReadWriteMany},"
                        + "trainer.datasets.accessModes={ReadWriteMany},trainer.models.accessModes={ReadWriteMany}");
    }

    @AfterAll
    static void remove() throws Exception {
        if (lab != null) {
            lab.remove();
        }
    }

    @Test
    void aTrainerIsScheduledOnceTheNodeOffersAGpuAndTakesOne() throws Exception {
        Pod waiting = lab.pod(Lab.TRAINER);
        assertThat(waiting.getSpec().getContainers().get(0).getResources().getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"));
        Lab.await("a reason", () -> unschedulable(Lab.TRAINER).contains("Insufficient nvidia.com/gpu") ? true : null);

        node.client()
                .nodes()
                .withName("node1")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        "{\"status\": {\"capacity\": {\"nvidia.com/gpu\": \"1\"}}}");

        String scheduled = Lab.await(
                "a node for one", () -> isScheduled(Lab.TRAINER) ? Lab.TRAINER : isScheduled(SECOND) ? SECOND : null);
        String other = scheduled.equals(Lab.TRAINER) ? SECOND : Lab.TRAINER;
        assertThat(unschedulable(other)).contains("Insufficient nvidia.com/gpu");
    }

    private static boolean isScheduled(String name) {
        Pod pod = found(name);
        return pod != null && pod.getSpec().getNodeName() != null;
    }

    private static String unschedulable(String name) {
        Pod pod = found(name);
        return pod == null
                ? ""
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals("PodScheduled"))
                        .map(condition -> String.valueOf(condition.getMessage()))
                        .findFirst()
                        .orElse("");
    }

    private static @Nullable Pod found(String name) {
        return node.client().pods().inNamespace("gpus").withName(name).get();
    }
}
