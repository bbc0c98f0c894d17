package org.dietsb.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Kueue reads the queue from a label of the StatefulSet; it labels the pods itself. */
class QueueTest {
    private static final String LABEL = "kueue.x-k8s.io/queue-name";

    @Test
    void trainersAndProxiesAreInTheQueue() {
        Rendered rendered = Rendered.ofCi("gpu-h200");
        assertThat(rendered.all("StatefulSet")).hasSize(2).allSatisfy(trainers -> {
            assertThat(trainers.at("/metadata/labels").path(LABEL).asText()).isEqualTo("gpus");
            assertThat(trainers.at("/spec/template/metadata/labels").has(LABEL)).isFalse();
            assertThat(trainers.at("/spec/selector/matchLabels").has(LABEL)).isFalse();
        });
        assertThat(rendered.manifests())
                .filteredOn(manifest -> !manifest.path("kind").asText().equals("StatefulSet"))
                .noneMatch(manifest -> manifest.toString().contains(LABEL));
    }

    @Test
    void slicesOfAnH200AreLimits() {
        Rendered rendered = Rendered.ofCi("gpu-h200");
        JsonNode proxies = rendered.one("StatefulSet", "-proxies").at("/spec/template/spec/containers/0");
        assertThat(rendered.container("trainer")
                        .at("/resources/limits/nvidia.com~1mig-3g.71gb")
                        .asText())
                .isEqualTo("1");
        assertThat(proxies.at("/resources/limits/nvidia.com~1mig-1g.18gb").asText())
                .isEqualTo("1");
    }

    @Test
    void withoutAQueueNothingIsForKueue() {
        assertThat(Rendered.ofCi("gpu-mig").manifests())
                .noneMatch(manifest -> manifest.toString().contains("kueue"));
    }
}
