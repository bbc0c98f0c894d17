package org.dietsb.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.dietsb.broker.LocalBroker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The three services in their images, with a real broker. */
class RunningImagesTest {
    private static final long GIBIBYTE = 1L << 30;

    @SuppressWarnings("NullAway.Init")
    private static LocalBroker broker;

    @SuppressWarnings("NullAway.Init")
    private static Container selector;

    @SuppressWarnings("NullAway.Init")
    private static Container scorer;

    @SuppressWarnings("NullAway.Init")
    private static Container trainer;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(Podman.isHere(), "podman and runc are needed to run images");
        assumeTrue(!Images.image(Images.TRAINER).name().endsWith("-cuda"), "CUDA's libraries need a GPU's driver");
        Podman podman = new Podman();
        for (String service : new String[] {Images.SELECTOR, Images.SCORER, Images.TRAINER}) {
            podman.run("load", "--quiet", "--input", Images.tar(service).toString());
        }
        broker = LocalBroker.start();
        selector = Container.start(Images.SELECTOR, "512m", broker.bootstrapServers());
        scorer = Container.start(Images.SCORER, "512m", broker.bootstrapServers());
        trainer = Container.start(Images.TRAINER, "2g", broker.bootstrapServers());
        selector.awaitReady();
        scorer.awaitReady();
        trainer.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable started : new AutoCloseable[] {trainer, scorer, selector, broker}) {
            if (started != null) {
                started.close();
            }
        }
        if (broker != null) {
            new Podman().run("rmi", "--all", "--force");
        }
    }

    @Test
    void scoreAndTrainTogether() {
        JsonNode scoring = scorer.post(
                "/scorings",
                "{\"limit\": 300, \"members\": 2, \"scoringEpochs\": 1, \"epochs\": 2, \"batchSize\": 32}");
        String scores = scoring.get("id").asText();
        scorer.await("/scorings/" + scores, now -> now.get("state").asText().equals("COMPLETED"));

        JsonNode run = trainer.post(
                "/runs",
                "{\"limit\": 300, \"epochs\": 2, \"batchSize\": 32, \"policy\": {\"kind\": \"diet-selective\", "
                        + "\"scoreSet\": \"" + scores + "\"}}");
        JsonNode done = trainer.await(
                "/runs/" + run.get("runId").asText(),
                now -> now.get("state").asText().matches("COMPLETED|FAILED"));

        assertThat(done.get("state").asText()).as(done.toString()).isEqualTo("COMPLETED");
        assertThat(done.get("epochs")).isNotEmpty();
    }

    @Test
    void everyServiceRunsAsAnUnprivilegedUser() throws IOException {
        for (Container container : new Container[] {selector, scorer, trainer}) {
            assertThat(container.process("status"))
                    .containsPattern("Uid:\\s+10001\\s+10001\\s+10001\\s+10001")
                    .containsPattern("Gid:\\s+10001\\s+10001\\s+10001\\s+10001")
                    .containsPattern("CapEff:\\s+0{16}")
                    .containsPattern("NoNewPrivs:\\s+1");
        }
    }

    @Test
    void theTrainerUsesTheNativeLibrariesOfTheImage() throws IOException {
        assertThat(trainer.process("maps"))
                .contains(
                        "/opt/libtorch/libtorch_cpu.so", "/opt/libtorch/libdjl_torch.so", "/opt/jna/libjnidispatch.so")
                .doesNotContainPattern("/tmp/.*\\.so");
        assertThat(trainer.log()).contains("libtorch").doesNotContain("Extracting");
    }

    @Test
    void theHeapIsAShareOfTheLimit() {
        assertThat(heapBytes(trainer)).isBetween(2 * GIBIBYTE / 5, 2 * GIBIBYTE / 4);
        assertThat(heapBytes(selector)).isBetween(GIBIBYTE / 2 * 60 / 100, GIBIBYTE / 2 * 71 / 100);
    }

    @Test
    void javaPrintsNoWarningAtTheStart() {
        for (Container container : new Container[] {selector, scorer, trainer}) {
            assertThat(container.log()).doesNotContain("WARNING:");
        }
    }

    /** Returns the largest size of the heap: the sum of the limits of its parts that have one. */
    private static long heapBytes(Container container) {
        return (long) container
                .metrics()
                .lines()
                .filter(line -> line.startsWith("jvm_memory_max_bytes{") && line.contains("area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
