package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The command dietsb in the hands of an operator who has kubectl, on a node: no port-forward, no token and no curl. */
class CommandNodeClusterTest {
    private static final String JAR = "deploy/launcher/target/launcher.jar";
    private static final String DIETSB = "java -jar " + JAR + " --namespace operator ";

    @Test
    void trainsSwapsFollowsToTheNextPodAndCancels() throws Exception {
        Assumptions.assumeTrue(Files.exists(Project.ROOT.resolve(JAR)), JAR + " is missing: run mvn package");
        Node node = Node.here();
        node.kafka("operator");
        Lab lab = new Lab(node, "operator");
        node.bash("kubectl -n operator create secret generic tokens --from-literal=token=$(openssl rand -hex 32)")
                .succeeded();
        lab.helm("install", "--set auth.existingSecret=tokens,auth.reading=closed --wait --timeout 10m");

        String run = node.bash(DIETSB
                        + "train --policy random --epochs 400 --limit 500 --checkpoint-every 1 --detach 2>/dev/null")
                .succeeded()
                .output()
                .strip();
        assertThat(node.bash(DIETSB + "runs").succeeded().output()).contains(run);
        Process following = node.started(DIETSB + "follow " + run);
        Lab.await(
                "an epoch of " + run,
                () -> node.bash(DIETSB + "runs --state running").output().contains("/400") ? true : null);
        assertThat(node.bash(DIETSB + "policy " + run + " selective --keep 1/4")
                        .succeeded()
                        .output())
                .contains("is   revision 1: selective, keep 0.25");

        // When the pod that it follows is replaced
        node.bash("kubectl -n operator delete pod " + Lab.TRAINER).succeeded();
        lab.ready(Lab.TRAINER);
        assertThat(following.isAlive()).isTrue();

        // Then
        Node.Ended cancelled = node.bash(DIETSB + "cancel " + run).succeeded();
        assertThat(cancelled.output()).contains("CANCELLED");
        String followed = new String(following.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(followed).contains("cancelled").doesNotContain("unexpected error");
        assertThat(node.bash("pgrep -x kubectl || true").output()).isBlank();
        lab.remove();
    }
}
