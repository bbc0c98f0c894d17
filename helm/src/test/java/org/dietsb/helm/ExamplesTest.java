package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests of PyTorch loops. That their script trains and resumes is tested where the Python package is. */
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("examples");
    private static final String PATCHED_POD =
            "/spec/runtimePatches/0/trainingRuntimeSpec/template/spec/replicatedJobs/0"
                    + "/template/spec/template/spec";

    private static JsonNode job() {
        return Project.yaml(EXAMPLES.resolve("job.yaml"));
    }

    private static JsonNode trainJob() {
        return Project.yaml(EXAMPLES.resolve("trainjob.yaml"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"job.yaml", "trainjob.yaml"})
    void areValid(String file) {
        Models.validate(Project.yaml(EXAMPLES.resolve(file)));
    }

    @Test
    void unknownFieldsAreFound() {
        JsonNode wrong = trainJob();
        ((ObjectNode) wrong.at("/spec/trainer")).put("gpus", 2);
        assertThatThrownBy(() -> Models.validate(wrong)).hasMessageContaining("gpus");
        JsonNode pod = trainJob();
        ((ObjectNode) pod.at(PATCHED_POD + "/containers/0")).put("mounts", "none");
        assertThatThrownBy(() -> Models.validate(pod)).hasMessageContaining("mounts");
        JsonNode job = job();
        ((ObjectNode) job.at("/spec/template/spec/containers/0")).put("gpus", 2);
        assertThatThrownBy(() -> Models.validate(job)).hasMessageContaining("gpus");
    }

    @Test
    void theJobIsRestricted() {
        JsonNode pod = job().at("/spec/template/spec");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        JsonNode container = pod.at("/containers/0/securityContext");
        assertThat(container.get("allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(container.get("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(container.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
    }

    @Test
    void bothGiveTheScriptWhatItReads() {
        String script = Project.text(EXAMPLES.resolve("train.py"));
        Set<String> read = new TreeSet<>();
        for (String name : List.of("DIETSB_KAFKA", "KAFKA_SETTINGS", "DATA", "STATE")) {
            assertThat(script).contains(name);
            read.add(name);
        }
        assertThat(job().at("/spec/template/spec/containers/0/env").findValuesAsText("name"))
                .containsAll(read);
        assertThat(trainJob().at("/spec/trainer/env").findValuesAsText("name")).containsAll(read);
        assertThat(job().at("/spec/template/spec/containers/0/command").toString())
                .contains("/app/train.py");
        assertThat(trainJob().at("/spec/trainer/command").toString()).contains("/app/train.py");
        assertThat(trainJob().at(PATCHED_POD + "/containers/0/volumeMounts").findValuesAsText("mountPath"))
                .containsExactly("/app", "/data");
    }
}
