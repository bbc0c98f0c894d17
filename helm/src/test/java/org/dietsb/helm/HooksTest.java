package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        List<String> asked = new ArrayList<>();
        pod.at("/spec/containers/0/command").forEach(argument -> asked.add(argument.asText()));
        for (String service : Project.SERVICES) {
            JsonNode found = rendered.one("Service", service + "-pods");
            assertThat(asked)
                    .contains("http://" + Rendered.name(found) + ":"
                            + found.at("/spec/ports/0/port").asInt() + "/q/health/ready");
        }
    }

    /** {@code helm test --logs} of Helm 3 asks for the log of a pod without a container's name, after the hook has been deleted if it is to be. */
    @Test
    void keepTheLogOfASingleContainer(@TempDir Path folder) throws IOException {
        JsonNode pod = hook(Project.ciValues("default"), folder);
        assertThat(pod.at("/spec/containers")).hasSize(1);
        assertThat(pod.at("/metadata/annotations/helm.sh~1hook-delete-policy").asText())
                .isEqualTo("before-hook-creation");
    }

    @Test
    void failIfOneServiceIsNotReady(@TempDir Path folder) throws Exception {
        List<String> command = new ArrayList<>();
        hook(Project.ciValues("default"), folder)
                .at("/spec/containers/0/command")
                .forEach(argument -> command.add(argument.asText()));
        // In place of the program that asks: it fails for the selector.
        Path wget = folder.resolve("wget");
        Files.writeString(wget, "#!/bin/sh\nfor url do :; done\necho asked\ncase $url in *selector*) exit 1;; esac\n");
        assertThat(wget.toFile().setExecutable(true)).isTrue();
        assertThat(ended(command, folder)).isEqualTo(1);
        assertThat(ended(
                        command.stream()
                                .filter(one -> !one.contains("selector"))
                                .toList(),
                        folder))
                .isZero();
    }

    private static int ended(List<String> command, Path programs) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().merge("PATH", programs + ":", (before, first) -> first + before);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(said.lines().filter(line -> line.equals("asked")).count())
                .as(said)
                .isEqualTo(said.lines().filter(line -> line.startsWith("http")).count())
                .isGreaterThanOrEqualTo(2);
        return process.waitFor();
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
