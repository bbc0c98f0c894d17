package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code helm test}: a hook, which no template shows. */
class HooksTest {

    /** The hooks in what an install prints. */
    static List<JsonNode> hooks(String printed) {
        int start = printed.indexOf("HOOKS:");
        int end = printed.indexOf("MANIFEST:");
        assertThat(start).isPositive();
        assertThat(end).isGreaterThan(start);
        return Rendered.parse(printed.substring(start + "HOOKS:".length(), end));
    }

    @Test
    void thePodAsksEachServiceWhetherItIsReady() {
        List<JsonNode> hooks = hooks(Rendered.installed(Project.ciValues("default"), Map.of()));
        assertThat(hooks).hasSize(1);
        JsonNode pod = hooks.get(0);
        assertThat(pod.at("/metadata/annotations/helm.sh~1hook").asText()).isEqualTo("test");
        assertThat(pod.at("/spec/restartPolicy").asText()).isEqualTo("Never");
        Rendered rendered = Rendered.ofCi("default");
        for (String service : Project.SERVICES) {
            JsonNode asked = Rendered.item(pod.at("/spec/containers"), "name", service).get("command");
            JsonNode found = rendered.one("Service", service + "-pods");
            assertThat(asked.get(asked.size() - 1).asText())
                    .isEqualTo("http://" + Rendered.name(found) + ":" + found.at("/spec/ports/0/port").asInt()
                            + "/q/health/ready");
        }
    }
}
