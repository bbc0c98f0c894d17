package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** The commands of the chart's README on a node, as they stand there but for what a node without GPUs and an hour cannot do. */
class PageNodeClusterTest {
    private static final String PAGE = Project.text(Project.CHART.resolve("README.md"));
    private static final String READY = "for workload in statefulset/lab-dietsb-trainer deployment/lab-dietsb-selector "
            + "deployment/lab-dietsb-scorer; do kubectl -n ml rollout status $workload --timeout 480s; done\n";

    @Test
    void installTrainSwapAndMoreTrainers() throws Exception {
        Node node = Node.here();
        node.kafka("kafka");
        String install = block("**3. Install.**");
        String shared = " --set trainer.checkpoints.accessModes={ReadWriteMany}";
        install = replace(
                install,
                " --set trainer.gpu.enabled=true",
                " -f helm/dietsb/ci/laptop-values.yaml" + shared + shared.replace("checkpoints", "datasets")
                        + shared.replace("checkpoints", "models"));
        install = install.replaceFirst("(?m)^kubectl -n ml get pods -w.*\n", Matcher.quoteReplacement(READY));
        Node.Ended installed = node.bash(install).succeeded();
        assertThat(installed.output()).contains("lab-dietsb-trainer-pods:9081/q/health/ready", "\"UP\"");

        String order = replace(block("**4. The first run**"), "\"epochs\": 30", "\"epochs\": 6, \"limit\": 500");
        // A reader is slower than the next line.
        String wait =
                "for port in 8081 8082; do until (exec 3<>/dev/tcp/localhost/$port) 2>/dev/null; do sleep 0.2; done; done\n";
        int token = order.indexOf("TOKEN=");
        String tokenLine = order.substring(token, order.indexOf('\n', token) + 1);
        Process first = node.started(
                "trap 'kill $(jobs -p)' EXIT\n" + order.substring(0, token) + wait + order.substring(token));
        String run = "curl -s localhost:8081/runs/first";
        node.bash("for i in {1..300}; do if " + run
                        + " | grep -q '\"state\":\"RUNNING\"'; then exit 0; fi; sleep 1; done; " + run + "; exit 1")
                .succeeded();
        Node.Ended swap =
                node.bash(tokenLine + block("**5. The first live swap**")).succeeded();
        assertThat(swap.output()).contains("selective");

        String events = new String(first.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(events).contains("COMPLETED");
        assertThat(events).containsPattern("\"policyRevision\":[1-9]");

        node.bash("helm -n ml upgrade lab helm/dietsb --reset-then-reuse-values --set trainer.replicas=2\n" + READY)
                .succeeded();
        assertThat(node.client()
                        .apps()
                        .statefulSets()
                        .inNamespace("ml")
                        .withName("lab-dietsb-trainer")
                        .get()
                        .getStatus()
                        .getReadyReplicas())
                .isEqualTo(2);
        node.bash("helm -n ml uninstall lab\nkubectl delete namespace ml kafka --grace-period 1 --timeout 180s")
                .succeeded();
    }

    private static String block(String after) {
        int start = PAGE.indexOf("```\n", PAGE.indexOf(after)) + 4;
        assertThat(PAGE.indexOf(after)).isNotNegative();
        return PAGE.substring(start, PAGE.indexOf("```", start));
    }

    private static String replace(String text, String old, String with) {
        assertThat(text).contains(old);
        return text.replace(old, with);
    }
}
