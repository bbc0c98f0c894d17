package org.dietsb.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pods of the chart on the CPU, under podman and with a real broker. */
class RenderedChartTest {
    @SuppressWarnings("NullAway.Init")
    private static LocalBroker broker;

    @SuppressWarnings("NullAway.Init")
    private static PlayedChart chart;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Podman.isHere(), "podman and runc are needed to run the chart's pods");
        assumeTrue(!Images.image(Images.TRAINER).name().endsWith("-cuda"), "CUDA's libraries need a GPU's driver");
        Podman podman = new Podman();
        for (String service : new String[] {Images.SELECTOR, Images.SCORER, Images.TRAINER}) {
            podman.run("load", "--quiet", "--input", Images.tar(service).toString());
        }
        broker = LocalBroker.start();
        chart = PlayedChart.start(broker.bootstrapServers());
        chart.components().forEach(component -> chart.container(component).awaitReady());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable started : new AutoCloseable[] {chart, broker}) {
            if (started != null) {
                started.close();
            }
        }
        if (broker != null) {
            new Podman().run("rmi", "--all", "--force");
        }
    }

    @Test
    void aScoringAndARunComplete() {
        JsonNode scoring = chart.container("scorer")
                .post(
                        "/scorings",
                        "{\"limit\": 300, \"members\": 2, \"scoringEpochs\": 1, \"epochs\": 2, \"batchSize\": 32}");
        String scores = scoring.get("id").asText();
        chart.container("scorer")
                .await("/scorings/" + scores, now -> now.get("state").asText().equals("COMPLETED"));

        JsonNode run = chart.container("trainer")
                .post(
                        "/runs",
                        "{\"limit\": 300, \"epochs\": 2, \"batchSize\": 32, \"policy\": {\"kind\": \"diet-selective\", "
                                + "\"scoreSet\": \"" + scores + "\"}}");
        JsonNode done = chart.container("trainer")
                .await(
                        "/runs/" + run.get("runId").asText(),
                        now -> now.get("state").asText().matches("COMPLETED|FAILED"));

        assertThat(done.get("state").asText()).as(done.toString()).isEqualTo("COMPLETED");
        assertThat(done.get("epochs")).hasSize(2);
    }

    @Test
    void everyPodHasThePrivilegesOfTheChart() throws IOException {
        assertThat(chart.components()).containsExactly("scorer", "selector", "trainer");
        for (String component : chart.components()) {
            Container container = chart.container(component);
            assertThat(container.process("status"))
                    .as(component)
                    .containsPattern("Uid:\\s+10001\\s+10001\\s+10001\\s+10001")
                    .containsPattern("Gid:\\s+10001\\s+10001\\s+10001\\s+10001")
                    .containsPattern("CapEff:\\s+0{16}")
                    .containsPattern("CapBnd:\\s+0{16}")
                    .containsPattern("NoNewPrivs:\\s+1")
                    .containsPattern("Seccomp:\\s+2");
            assertThat(container.process("mountinfo"))
                    .as(component)
                    .containsPattern("(?m) / / ro,.*$")
                    .containsPattern("(?m) /tmp rw,.*$");
            String limit = chart.specification(component)
                    .at("/resources/limits/memory")
                    .asText();
            assertThat(container.inspect("{{.HostConfig.Memory}}"))
                    .as(component)
                    .isEqualTo(bytes(limit));
        }
    }

    @Test
    void everyProbeIsAnswered() {
        for (String component : chart.components()) {
            for (String probe : new String[] {"startupProbe", "livenessProbe", "readinessProbe"}) {
                JsonNode asked = chart.specification(component).at("/" + probe + "/httpGet");
                assertThat(asked.get("port").asText()).isEqualTo("management");
                assertThat(chart.container(component).managed(asked.get("path").asText()))
                        .as(component + "'s " + probe)
                        .isEqualTo(200);
            }
        }
    }

    @Test
    void readingRequiresAToken() {
        assertThat(chart.container("trainer").toNobody("/runs")).isEqualTo(401);
        assertThat(chart.container("selector").toNobody("/policies")).isEqualTo(401);
        assertThat(chart.container("scorer").toNobody("/scorings")).isEqualTo(401);
    }

    private static String bytes(String quantity) {
        assertThat(quantity).matches("\\d+[MG]i");
        long number = Long.parseLong(quantity.substring(0, quantity.length() - 2));
        return String.valueOf(number << (quantity.endsWith("Gi") ? 30 : 20));
    }
}
