package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code helm test}: a hook, which {@code helm template} omits. The tests therefore render it without the hook annotation. */
class HooksTest {
    private static final String HOOK = "\"helm.sh/hook\"";

    static List<Path> files() {
        return Project.ciValues();
    }

    @ParameterizedTest
    @MethodSource("files")
    void matchTheirModelsAndAreNotInstalled(Path values, @TempDir Path folder) throws IOException {
        JsonNode pod = hook(values, folder);
        Models.validate(pod);
        assertThat(Rendered.of(values, Map.of()).all("Pod")).isEmpty();
    }

    @Test
    void requestTheReadinessOfEachService(@TempDir Path folder) throws IOException {
        JsonNode pod = hook(Project.ciValues("default"), folder);
        assertThat(pod.at("/spec/restartPolicy").asText()).isEqualTo("Never");
        Rendered rendered = Rendered.ofCi("default");
        for (String service : Project.SERVICES) {
            JsonNode asked =
                    Rendered.item(pod.at("/spec/containers"), "name", service).get("command");
            JsonNode found = rendered.one("Service", service + "-pods");
            assertThat(asked.get(asked.size() - 1).asText())
                    .isEqualTo("http://" + Rendered.name(found) + ":"
                            + found.at("/spec/ports/0/port").asInt() + "/q/health/ready");
        }
    }

    @Test
    void areAllowedByTheNetworkPolicies(@TempDir Path folder) throws IOException {
        JsonNode labels = hook(Project.ciValues("default"), folder).at("/metadata/labels");
        for (JsonNode policy : Rendered.ofCi("default").all("NetworkPolicy")) {
            JsonNode to = policy.at("/spec/podSelector/matchLabels/app.kubernetes.io~1component");
            if (!to.isMissingNode()) {
                JsonNode rules = policy.at("/spec/ingress");
                JsonNode peers = rules.get(rules.size() - 1).get("from");
                JsonNode hook = peers.get(peers.size() - 1).at("/podSelector/matchLabels");
                assertThat(hook.properties()).isNotEmpty().allSatisfy(label -> assertThat(labels.get(label.getKey()))
                        .isEqualTo(label.getValue()));
            }
        }
    }

    private static JsonNode hook(Path values, Path folder) throws IOException {
        Path chart = Project.copyOfChart(folder);
        Path template = chart.resolve("templates/tests/ready.yaml");
        String text = Files.readString(template);
        assertThat(text).contains(HOOK + " \"test\"");
        Files.writeString(template, text.replace(HOOK, "\"dietsb.org/was-hook\""));
        List<JsonNode> pods = Rendered.of(chart, values, Map.of()).all("Pod");
        assertThat(pods).hasSize(1);
        return pods.get(0);
    }
}
