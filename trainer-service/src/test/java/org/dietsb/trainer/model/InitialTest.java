package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitialTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static Network create(String model, int channels, int classes, long seed, Safetensors.Content file) {
        return create(model, channels, classes, seed, Initial.of(file, List.of()));
    }

    private static Network create(String model, int channels, int classes, long seed, Initial initial) {
        return Network.create(
                new NetworkSpec(new NetworkSpec.Origin(model, null, initial, null), channels, classes, seed, .9, 5e-4),
                TestDevice.CPU,
                TestDevice.FLOAT32);
    }

    private Safetensors.Content written(String model, int channels, int classes) throws IOException {
        return written(model, channels, classes, Map.of());
    }

    private Safetensors.Content written(String model, int channels, int classes, Map<String, String> metadata)
            throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Network network = Network.create(
                TestDevice.fresh(model, channels, classes, 1, .9, 5e-4), TestDevice.CPU, TestDevice.FLOAT32)) {
            network.writeModel(file, metadata);
        }
        return Safetensors.read(file);
    }

    private Map<String, float[]> tensors(Network network) throws IOException {
        Path file = folder.resolve("again.safetensors");
        network.writeModel(file, Map.of());
        return Safetensors.read(file).tensors();
    }

    @Test
    void startsWithTheTensorsOfTheOtherRun() throws IOException {
        Safetensors.Content given = written("resnet8", 1, 10);
        Objects.requireNonNull(given.tensors().get("bn1.running_mean"))[3] = 5;

        try (Network network = create("resnet8", 1, 10, 2, given)) {
            Map<String, float[]> tensors = tensors(network);
            assertThat(tensors.keySet()).isEqualTo(given.tensors().keySet());
            tensors.forEach((name, values) ->
                    assertThat(values).as(name).containsExactly(given.tensors().get(name)));
        }
    }

    @Test
    void lastLayerIsDrawnAgainForOtherClasses() throws IOException {
        Safetensors.Content given = written("resnet8", 1, 10);

        try (Network network = create("resnet8", 1, 3, 2, given);
                Network same = create("resnet8", 1, 3, 2, given);
                Network other = create("resnet8", 1, 3, 3, given)) {
            Map<String, float[]> tensors = tensors(network);
            assertThat(tensors.get("layer3.0.conv2.weight"))
                    .containsExactly(given.tensors().get("layer3.0.conv2.weight"));
            assertThat(tensors.get("fc.weight")).hasSize(3 * 64);
            assertThat(tensors.get("fc.weight")).doesNotContain(0f);
            assertThat(tensors.get("fc.bias")).containsExactly(0, 0, 0);
            assertThat(same.checksum()).isEqualTo(network.checksum());
            assertThat(other.checksum()).isNotEqualTo(network.checksum());
        }
    }

    /** Two classes again, but others: the last layer of the file would give the new classes the old ones' logits. */
    @Test
    void lastLayerIsDrawnAgainForAsManyOtherClasses() throws IOException {
        Safetensors.Content file = written("resnet8", 3, 2, Map.of(Initial.CLASSES, "[\"cat\",\"dog\"]"));
        float[] before = Objects.requireNonNull(file.tensors().get("fc.weight"));

        Initial same = Initial.of(file, List.of("cat", "dog"));
        Initial others = Initial.of(file, List.of("dog", "zebra"));
        Initial otherOrder = Initial.of(file, List.of("dog", "cat"));

        assertThat(fcWeight(same)).containsExactly(before);
        assertThat(same.notes()).isEmpty();
        assertThat(fcWeight(others)).isNotEqualTo(before).isEqualTo(fcWeight(otherOrder));
        assertThat(others.notes())
                .containsExactly(
                        "The classes of init are not those of the dataset: the last layer is drawn from the seed");
    }

    private float[] fcWeight(Initial initial) throws IOException {
        try (Network network = create("resnet8", 3, 2, 9, initial)) {
            return Objects.requireNonNull(tensors(network).get("fc.weight"));
        }
    }

    @Test
    void fileWithoutClassNamesIsTakenByTheirNumber() throws IOException {
        for (Map<String, String> metadata : List.of(Map.<String, String>of(), Map.of(Initial.CLASSES, "cat, dog"))) {
            Safetensors.Content file = written("resnet8", 3, 2, metadata);
            Initial initial = Initial.of(file, List.of("dog", "zebra"));

            assertThat(fcWeight(initial)).containsExactly(file.tensors().get("fc.weight"));
            assertThat(initial.notes())
                    .containsExactly(
                            "init does not name its classes: its last layer is kept if the number of classes is equal");
        }
    }

    /** As torch.save of a state_dict writes it after DataParallel or torch.compile. */
    @Test
    void prefixesOfWrappersAreRemoved() throws IOException {
        Safetensors.Content file = written("resnet8", 1, 10);
        for (String prefix : List.of("module.", "_orig_mod.", "module._orig_mod.")) {
            Safetensors.Content wrapped = new Safetensors.Content(
                    file.metadata(), prefixed(prefix, file.tensors()), prefixed(prefix, file.shapes()), file.bytes());
            Initial initial = Initial.of(wrapped, List.of());

            assertThat(initial.content().tensors().keySet())
                    .isEqualTo(file.tensors().keySet());
            assertThat(initial.notes()).anyMatch(note -> note.startsWith("Prefix ") && note.contains(" is removed "));
            try (Network network = create("resnet8", 1, 10, 2, initial)) {
                assertThat(tensors(network).get("fc.weight"))
                        .containsExactly(file.tensors().get("fc.weight"));
            }
        }
        Safetensors.Content some = new Safetensors.Content(
                Map.of(), prefixed("encoder.", file.tensors()), prefixed("encoder.", file.shapes()), Map.of());
        assertThatThrownBy(() -> create("resnet8", 1, 10, 2, some)).hasMessageContaining("conv1.weight is missing");
    }

    private static <T> Map<String, T> prefixed(String prefix, Map<String, T> byName) {
        Map<String, T> longer = new LinkedHashMap<>();
        byName.forEach((name, value) -> longer.put(prefix + name, value));
        return longer;
    }

    @Test
    void errorNamesTensorsAndShapesThatDoNotFit() throws IOException {
        Safetensors.Content grey = written("resnet8", 1, 10);
        assertThatThrownBy(() -> create("resnet8", 3, 10, 1, grey))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("init does not fit resnet8: conv1.weight is (16, 1, 3, 3), needed is (16, 3, 3, 3)");
        assertThatThrownBy(() -> create("resnet20", 1, 10, 1, grey))
                .hasMessageContaining("init does not fit resnet20: layer1.1.conv1.weight is missing; ")
                .hasMessageEndingWith(" more");
        Safetensors.Content deeper = written("resnet20", 1, 10);
        assertThatThrownBy(() -> create("resnet8", 1, 10, 1, deeper))
                .hasMessageContaining("layer1.1.conv1.weight is not in the network; ");
    }

    @Test
    void rejectsNonFiniteNumbers() throws IOException {
        Safetensors.Content given = written("resnet8", 1, 10);
        Arrays.fill(Objects.requireNonNull(given.tensors().get("bn1.bias")), Float.NaN);

        assertThatThrownBy(() -> create("resnet8", 1, 10, 1, given))
                .hasMessage("init does not fit resnet8: bn1.bias holds NaN");
    }
}
