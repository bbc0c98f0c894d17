package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the networks with {@code deploy/pytorch/load_model.py} if there is a Python with torch. */
class PyTorchAgreementTest {
    private static final List<String> MODELS = List.of("resnet8", "wrn-16-4", "googlenet");
    private static final String PRINT_LOGITS = """
            import sys, torch
            sys.path.insert(0, sys.argv[1])
            from load_model import load
            for path in sys.argv[2:]:
                network, _ = load(path)
                images = (torch.arange(2 * 3 * 16 * 16) % 17).float().reshape(2, 3, 16, 16) / 8 - 1
                with torch.no_grad():
                    print(" ".join(f"{logit:.9g}" for logit in network(images).flatten().tolist()))
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void logitsOfATrainedNetworkAreThoseOfPyTorch() throws IOException, InterruptedException {
        String python = Stream.of("python3", "/usr/bin/python3")
                .filter(PyTorchAgreementTest::hasTorch)
                .findFirst()
                .orElse("");
        Assumptions.assumeFalse(python.isEmpty(), "no python3 with torch here (Debian: python3-torch)");
        float[][] ours = new float[MODELS.size()][];
        for (int i = 0; i < ours.length; i++) {
            ours[i] = trainedLogits(MODELS.get(i));
        }

        String[] command = Stream.concat(
                        Stream.of(python, "-c", PRINT_LOGITS, "../deploy/pytorch"),
                        MODELS.stream().map(model -> file(model).toString()))
                .toArray(String[]::new);
        String said = output(command);

        List<String> lines = said.lines().toList();
        assertThat(lines).as(said).hasSize(MODELS.size());
        for (int i = 0; i < ours.length; i++) {
            String[] theirs = lines.get(i).split(" ");
            assertThat(theirs).as(MODELS.get(i)).hasSize(ours[i].length);
            for (int logit = 0; logit < theirs.length; logit++) {
                assertThat(Float.parseFloat(theirs[logit])).as(MODELS.get(i)).isCloseTo(ours[i][logit], within(1e-3f));
            }
        }
    }

    private Path file(String model) {
        return folder.resolve(model);
    }

    /** After a step, so that BatchNorm has statistics. */
    private float[] trainedLogits(String model) throws IOException {
        try (Network network =
                        Network.create(TestDevice.fresh(model, 3, 10, 1, .9, 0), TestDevice.CPU, TestDevice.FLOAT32);
                NDManager manager = network.manager().newSubManager()) {
            float[] values = new float[2 * 3 * 16 * 16];
            for (int i = 0; i < values.length; i++) {
                values[i] = i % 17 / 8f - 1;
            }
            NDArray images = manager.create(values, new Shape(2, 3, 16, 16));
            network.forwardBackward(images, manager.create(new long[] {3, 5}), null);
            network.step(.01);
            network.writeModel(file(model), Map.of());
            Files.writeString(
                    Path.of(file(model) + ".json"),
                    new ObjectMapper().writeValueAsString(Map.of("architecture", network.architecture())));
            return network.logits(images).toFloatArray();
        }
    }

    private static boolean hasTorch(String python) {
        try {
            return output(python, "-c", "import torch; print('has torch')").contains("has torch");
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
