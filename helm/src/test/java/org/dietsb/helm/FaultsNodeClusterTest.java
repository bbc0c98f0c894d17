package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to runs when pods are deleted, stopped or run out of memory. */
@Timeout(value = 25, unit = TimeUnit.MINUTES)
class FaultsNodeClusterTest {
    private static final String RUN =
            "\"model\": \"resnet8\", \"batchSize\": 50, \"epochs\": 6, \"policy\": {\"kind\": \"selective\", \"keep\": 0.5}";

    @SuppressWarnings("NullAway.Init") // Set before the tests.
    private static Lab lab;

    @BeforeAll
    static void install() throws Exception {
        lab = Lab.installed(Node.here(), "faults", "");
    }

    @AfterAll
    static void remove() throws Exception {
        if (lab != null) {
            lab.remove();
        }
    }

    @Test
    void aRunEndsWithEqualWeightsWhenItsTrainerAndSelectorAreDeleted() throws Exception {
        lab.order("undisturbed", RUN);
        JsonNode undisturbed = lab.completed("undisturbed");
        lab.order("disturbed", RUN);
        lab.run("disturbed", run -> run.path("progress").path("epoch").asInt() >= 1);
        lab.kubectl("delete pod -l app.kubernetes.io/component=selector").succeeded();
        lab.run("disturbed", run -> run.path("progress").path("epoch").asInt() >= 2);
        CompletableFuture<Integer> exitCode = lab.exitCode(Lab.TRAINER);
        lab.kubectl("delete pod " + Lab.TRAINER).succeeded();
        assertThat(exitCode.get()).isZero();
        JsonNode disturbed = lab.completed("disturbed");
        assertThat(disturbed.path("weightsChecksum").asText())
                .isNotEmpty()
                .isEqualTo(undisturbed.path("weightsChecksum").asText());
        assertThat(disturbed.has("resumedFrom")).isTrue();
    }

    @Test
    void aTrainerWithoutItsGpuSaysSoInItsPod() throws Exception {
        lab.helm("upgrade", "--reset-then-reuse-values --set trainer.settings.device=gpu:0");
        try {
            ContainerStateTerminated end = Lab.await("the end of a trainer", () -> lab.lastEnd(Lab.TRAINER));
            assertThat(end.getExitCode()).isPositive();
            assertThat(end.getMessage()).contains("gpu:0");
        } finally {
            lab.helm("upgrade", "--reset-then-reuse-values --set trainer.settings.device=");
            lab.kubectl("delete pod " + Lab.TRAINER).succeeded();
        }
    }

    @Test
    void aRunThatNeedsMoreMemoryThanItsTrainerFailsWithTheLimit() throws Exception {
        lab.helm(
                "upgrade",
                "--wait --timeout 8m --reset-then-reuse-values --set trainer.resources.requests.memory=900Mi,trainer.resources.limits.memory=900Mi");
        lab.order(
                "large",
                "\"model\": \"resnet18\", \"batchSize\": 500, \"epochs\": 2, \"policy\": {\"kind\": \"random\", \"keep\": 0.5}");
        ContainerStateTerminated end = Lab.await("the end of a trainer", () -> lab.lastEnd(Lab.TRAINER));
        assertThat(end.getReason()).isEqualTo("OOMKilled");
        JsonNode run = lab.ended("large");
        assertThat(run.path("state").asText()).isEqualTo("FAILED");
        assertThat(run.path("reason").asText()).contains("3 trainers ended", "of memory");
    }
}
