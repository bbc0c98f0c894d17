package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** What happens to runs when pods are deleted, a node is drained, a trainer lacks its GPU or its memory. */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsNodeClusterTest {
    private static final String RUN =
            "\"model\": \"resnet8\", \"batchSize\": 50, \"epochs\": 12, \"policy\": {\"kind\": \"selective\", \"keep\": 0.5}";

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static Node node;

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static Lab lab;

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static String undisturbed;

    @BeforeAll
    static void installAndTrainUndisturbed() throws Exception {
        node = Node.here();
        lab = Lab.installed(
                node,
                "faults",
                "--set selector.replicas=2,selector.podDisruptionBudget.enabled=true,trainer.podDisruptionBudget.enabled=true");
        lab.order("undisturbed", RUN);
        undisturbed = lab.completed("undisturbed").path("weightsChecksum").asText();
        assertThat(undisturbed).isNotEmpty();
    }

    @AfterAll
    static void remove() throws Exception {
        if (lab != null) {
            lab.remove();
        }
    }

    @Test
    @Order(1)
    void aTrainerThatIsDeletedEndsInOrderAndItsSuccessorEndsWithTheSameWeights() throws Exception {
        lab.order("deleted", RUN);
        inEpoch("deleted", 2);
        CompletableFuture<Integer> exitCode = lab.exitCode(Lab.TRAINER);
        lab.kubectl("delete pod " + Lab.TRAINER).succeeded();
        assertThat(exitCode.get()).isZero();

        JsonNode run = lab.completed("deleted");
        assertThat(run.path("resumedFrom").isObject()).as(run.toString()).isTrue();
        assertThat(run.path("weightsChecksum").asText()).isEqualTo(undisturbed);
    }

    @Test
    @Order(2)
    void aTrainerThatIsKilledIsStartedAgainAndItsRunEndsWithTheSameWeights() throws Exception {
        lab.order("killed", RUN);
        inEpoch("killed", 2);
        // A process cannot kill the first one of its own namespace.
        node.bash("ctr -n k8s.io tasks kill --signal SIGKILL " + lab.container(Lab.TRAINER))
                .succeeded();
        ContainerStateTerminated end = Lab.await("the end of the trainer", () -> lab.lastEnd(Lab.TRAINER));
        assertThat(end.getExitCode()).isEqualTo(137);
        assertThat(lab.completed("killed").path("weightsChecksum").asText()).isEqualTo(undisturbed);
    }

    @Test
    @Order(3)
    void aSelectorTakesTheRunsOfTheOtherOver() throws Exception {
        List<Pod> selectors = lab.pods("selector");
        assertThat(selectors).hasSize(2);
        lab.order("taken", RUN);
        // One of the two holds the run's partition, so one of the two deletions takes it away in mid-run.
        for (int epoch = 1; epoch <= 2; epoch++) {
            inEpoch("taken", 3 * epoch);
            String name = selectors.get(epoch - 1).getMetadata().getName();
            CompletableFuture<Integer> exitCode = lab.exitCode(name);
            Instant deleted = Instant.now();
            lab.kubectl("delete pod --wait=false " + name).succeeded();
            JsonNode before = lab.run("taken", run -> true).path("progress");
            lab.run(
                    "taken",
                    run -> run.path("progress").path("epoch").asInt()
                            > before.path("epoch").asInt());
            System.out.println("The epoch after the deletion of selector " + epoch + " began after "
                    + Duration.between(deleted, Instant.now()).toMillis() + " ms");
            assertThat(exitCode.get()).isZero();
        }
        assertThat(lab.completed("taken").path("weightsChecksum").asText()).isEqualTo(undisturbed);
    }

    @Test
    @Order(4)
    void aDrainStopsOneSelectorAtATimeAndTheRunGoesOnWhenTheNodeIsBack() throws Exception {
        for (Pod selector : lab.pods("selector")) {
            lab.ready(selector.getMetadata().getName());
        }
        lab.order("drained", RUN);
        inEpoch("drained", 2);
        // Kafka stays: it keeps its messages in its pod.
        String drain = "drain node1 --ignore-daemonsets --delete-emptydir-data --timeout 45s --pod-selector ";
        try {
            Node.Ended selectors = lab.kubectl(drain + "app.kubernetes.io/component=selector");
            assertThat(selectors.status()).as(selectors.output()).isPositive();
            assertThat(selectors.output()).contains("evicted", "disruption budget");
            assertThat(node.bash("kubectl -n faults rollout status deployment/lab-dietsb-selector --timeout 1s")
                            .output())
                    .contains("1 of 2 updated replicas are available");

            CompletableFuture<Integer> exitCode = lab.exitCode(Lab.TRAINER);
            lab.kubectl(drain + "app.kubernetes.io/component=trainer").succeeded();
            assertThat(exitCode.get()).isZero();
        } finally {
            lab.kubectl("uncordon node1").succeeded();
        }
        assertThat(lab.completed("drained").path("weightsChecksum").asText()).isEqualTo(undisturbed);
    }

    @Test
    @Order(5)
    void aTrainerWithoutItsGpuSaysSoInItsPod() throws Exception {
        lab.helm("upgrade", "--reset-then-reuse-values --set trainer.settings.device=gpu:0");
        ContainerStateTerminated end = Lab.await("the end of a trainer", () -> lab.lastEnd(Lab.TRAINER));
        assertThat(end.getExitCode()).isPositive();
        assertThat(end.getMessage()).contains("gpu:0");

        lab.helm("upgrade", "--reset-then-reuse-values --set trainer.settings.device=");
        // A StatefulSet does not replace a pod that was never ready.
        lab.kubectl("delete pod " + Lab.TRAINER).succeeded();
        lab.ready(Lab.TRAINER);
    }

    @Test
    @Order(6)
    void aRunThatNeedsMoreMemoryThanItsTrainerFailsWithTheLimit() throws Exception {
        lab.helm(
                "upgrade",
                Lab.PATIENTLY
                        + "--reset-then-reuse-values --set trainer.resources.requests.memory=900Mi,trainer.resources.limits.memory=900Mi");
        Instant ordered = Instant.now();
        lab.order(
                "large",
                "\"model\": \"resnet18\", \"batchSize\": 500, \"epochs\": 2, \"policy\": {\"kind\": \"random\", \"keep\": 0.5}");
        JsonNode run = lab.ended("large");
        System.out.println(
                "FAILED after " + Duration.between(ordered, Instant.now()).toSeconds() + " s: " + run);
        ContainerStateTerminated end = Lab.await("the end of a trainer", () -> lab.lastEnd(Lab.TRAINER));
        assertThat(end.getReason()).isEqualTo("OOMKilled");
        assertThat(run.path("state").asText()).isEqualTo("FAILED");
        assertThat(run.path("reason").asText()).contains("3 trainers ended", "900 MiB of memory");
    }

    private static void inEpoch(String run, int epoch) {
        lab.run(run, now -> now.path("progress").path("epoch").asInt() >= epoch);
    }
}
