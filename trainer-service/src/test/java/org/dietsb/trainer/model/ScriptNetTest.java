package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.script.ScriptArchive;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network of {@code deploy/pytorch/own_model.py FILE 1 10}: BatchNorm, dropout, a view of its memory. */
class ScriptNetTest {
    private static final int BATCH = 50;
    private static final int EXAMPLES = 500;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static byte[] script() throws IOException {
        try (InputStream in = Objects.requireNonNull(ScriptNetTest.class.getResourceAsStream("own-model.pt"))) {
            return in.readAllBytes();
        }
    }

    private static Network network(byte[] script, int classes, Safetensors.@Nullable Content saved) {
        return Network.create(
                new NetworkSpec(new NetworkSpec.Origin("pt-0", script, null, saved), 1, classes, 7, .9, 5e-4),
                TestDevice.CPU,
                TestDevice.FLOAT32);
    }

    private static Dataset images() throws DatasetException {
        return new DatasetCatalog(Path.of("nowhere")).open("fashion-mini", null, EXAMPLES);
    }

    private static DeviceImages on(Network network, Dataset dataset) {
        return new DeviceImages(network.manager(), dataset.train(), dataset.mean(), dataset.std());
    }

    private static void train(Network network, DeviceImages images, int from, int to) {
        for (int step = from; step < to; step++) {
            int[] indices = new int[BATCH];
            int first = step * BATCH % EXAMPLES;
            Arrays.setAll(indices, i -> first + i);
            try (NDManager scratch = network.manager().newSubManager()) {
                network.losses(images.gather(scratch, indices), images.labels(scratch, indices));
                network.forwardBackward(images.gather(scratch, indices), images.labels(scratch, indices), null);
                network.step(.05);
            }
        }
    }

    @Test
    void learns() throws IOException, DatasetException {
        try (Network network = network(script(), 10, null);
                DeviceImages images = on(network, images())) {
            network.requireFits(images);
            assertThat(network.parameterCount()).isEqualTo(8 * 9 + 16 + 16 * 8 * 9 + 32 + 10 * 256 + 10);
            String before = network.checksum();
            double accuracy = (double) network.evaluate(images, 100).correct() / EXAMPLES;

            train(network, images, 0, 40);

            assertThat(network.checksum()).isNotEqualTo(before);
            // A tenth of the images by chance.
            assertThat(accuracy).isLessThan(.3);
            assertThat((double) network.evaluate(images, 100).correct() / EXAMPLES)
                    .isGreaterThan(.6);
        }
    }

    @Test
    void resumesFromACheckpointToTheSameBits() throws IOException, DatasetException {
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        String whole;
        float[] losses;
        try (Network network = network(script(), 10, null);
                DeviceImages images = on(network, images())) {
            train(network, images, 0, 3);
            network.writeTraining(checkpoint, Map.of());
            train(network, images, 3, 6);
            whole = network.checksum();
            losses = losses(network, images);
        }

        try (Network resumed = network(new byte[0], 10, Safetensors.read(checkpoint));
                DeviceImages images = on(resumed, images())) {
            train(resumed, images, 3, 6);

            assertThat(resumed.checksum()).isEqualTo(whole);
            // BatchNorm's statistics too.
            assertThat(losses(resumed, images)).containsExactly(losses);
        }
    }

    private static float[] losses(Network network, DeviceImages images) {
        int[] indices = {0, 1, 2, 3, 4};
        try (NDManager scratch = network.manager().newSubManager()) {
            return network.losses(images.gather(scratch, indices), images.labels(scratch, indices));
        }
    }

    @Test
    void writtenScriptCanBeTrainedFurther() throws IOException, DatasetException {
        Path model = folder.resolve("model");
        try (Network network = network(script(), 10, null);
                DeviceImages images = on(network, images())) {
            train(network, images, 0, 3);
            network.writeModel(model, Map.of());
            try (Network again = network(Files.readAllBytes(model), 10, null)) {
                assertThat(losses(again, images)).containsExactly(losses(network, images));
            }
        }
    }

    @Test
    void rejectsUnfitScripts() throws IOException, DatasetException {
        try (Network network = network(script(), 7, null);
                DeviceImages images = on(network, images())) {
            assertThatThrownBy(() -> network.requireFits(images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "modelFile gives float32 (2, 10) for images (2, 1, 28, 28), allowed is float32 (2, 7): a"
                                    + " logit for each class of the dataset");
        }
        byte[] text = "no script".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> network(text, 10, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("modelFile is not TorchScript as torch.jit.save writes it: no zip archive");
        assertThatThrownBy(() -> Network.create(
                        new NetworkSpec(
                                new NetworkSpec.Origin(
                                        "pt-0",
                                        script(),
                                        Initial.of(Safetensors.Content.of(Map.of()), List.of()),
                                        null),
                                1,
                                10,
                                7,
                                .9,
                                5e-4),
                        TestDevice.CPU,
                        TestDevice.FLOAT32))
                .hasMessage("init is not allowed with modelFile, which holds its own parameters");
    }

    /** A network of networks.py. */
    private static byte[] odd(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(ScriptArchive.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    /** What libtorch writes of a trained network is checked again when the run resumes, or the model is ordered. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ResNet.pt",
                "MobileNet.pt",
                "ConvNeXt.pt",
                "VisionTransformer.pt",
                "Attention.pt",
                "Recurrent.pt",
                "Mixed.pt",
                "Recurrent-traced.pt"
            })
    void networksAreTrainedAndReadAgain(String name) throws IOException, DatasetException {
        Path model = folder.resolve("model");
        try (Network network = network(odd(name), 10, null);
                DeviceImages images = on(network, images())) {
            network.requireFits(images);
            train(network, images, 0, 2);
            assertThat(network.nonFiniteTensor()).isNull();
            network.writeModel(model, Map.of());
            try (Network again = network(Files.readAllBytes(model), 10, null)) {
                assertThat(again.parameterCount()).isEqualTo(network.parameterCount());
            }
        }
    }

    @Test
    void frozenParametersKeepTheirValues() throws IOException, DatasetException {
        Path before = folder.resolve("before");
        Path after = folder.resolve("after");
        try (Network network = network(odd("Frozen.pt"), 10, null);
                DeviceImages images = on(network, images())) {
            network.requireFits(images);
            assertThat(network.parameterCount()).isEqualTo(10 * 16 + 10);
            network.writeTraining(before, Map.of());
            train(network, images, 0, 3);
            network.writeTraining(after, Map.of());
        }

        Map<String, float[]> old = Safetensors.read(before).tensors();
        Map<String, float[]> trained = Safetensors.read(after).tensors();
        for (String frozen : List.of("first.weight", "norm.weight", "norm.bias")) {
            assertThat(trained.get(frozen)).as(frozen).containsExactly(old.get(frozen));
            assertThat(trained).doesNotContainKey("velocity." + frozen);
        }
        assertThat(trained.get("head.weight")).isNotEqualTo(old.get("head.weight"));

        // When it resumes, they are still frozen.
        try (Network network = network(new byte[0], 10, Safetensors.read(after))) {
            assertThat(network.parameterCount()).isEqualTo(10 * 16 + 10);
        }
    }

    @Test
    void parametersWithoutAPartInTheResultAreLeftAsTheyAre() throws IOException, DatasetException {
        try (Network network = network(odd("Unused.pt"), 10, null);
                DeviceImages images = on(network, images())) {
            network.requireFits(images);
            train(network, images, 0, 2);
            assertThat(network.nonFiniteTensor()).isNull();
        }
    }

    @Test
    void networkWithBatchNorm1dNeedsTwoImages() throws IOException, DatasetException {
        for (String name : List.of("Mixed.pt", "Frozen.pt")) {
            try (Network network = network(odd(name), 10, null);
                    DeviceImages images = on(network, images())) {
                float[] before = losses(network, images);
                network.requireFits(images);

                assertThat(network.trainsSingleImages()).as(name).isEqualTo(name.equals("Frozen.pt"));
                // The attempt does not change statistics.
                assertThat(losses(network, images)).containsExactly(before);
            }
        }
    }

    @Test
    void refusalsNameWhatIsWrongInOneLine() throws IOException, DatasetException {
        for (Map.Entry<String, String> one : Map.of(
                        "Pair.pt",
                                "modelFile returns a tuple, a list or nothing, allowed is one tensor: the logits,"
                                        + " float32 (2, 10) for images (2, 1, 28, 28)",
                        "Squeezed.pt",
                                "modelFile gives float32 (10) for images (1, 1, 28, 28), allowed is float32 (1, 10): a"
                                        + " logit for each class of the dataset",
                        "OnCuda.pt",
                                "modelFile names device cuda:0 in its code, this trainer computes on cpu: create"
                                        + " tensors on the device of the images (x.device) instead",
                        "NotListed.pt",
                                "modelFile uses operator aten::get_device, which is not among those that networks"
                                        + " need, so it is not run: see \"Models of your own\" in the README of"
                                        + " trainer-service")
                .entrySet()) {
            assertThatThrownBy(() -> {
                        try (Network network = network(odd(one.getKey()), 10, null);
                                DeviceImages images = on(network, images())) {
                            network.requireFits(images);
                        }
                    })
                    .as(one.getKey())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(one.getValue());
        }
    }

    /** libtorch's messages quote the code of the script. */
    @Test
    void messagesOfLibtorchStayInTheLog() throws IOException, DatasetException {
        try (Network network = network(script(), 10, null);
                DeviceImages images = on(network, images());
                NDManager scratch = network.manager().newSubManager()) {
            NDArray wide = scratch.zeros(new Shape(2, 3, 28, 28));
            assertThatThrownBy(() -> network.logits(wide))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("modelFile fails for images (2, 3, 28, 28); libtorch's message is in the log of the"
                            + " trainer");
        }
    }
}
