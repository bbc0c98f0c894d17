package org.dietsb.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.trainer.TestDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /** An independent reader of the published format: the values of every tensor by name. */
    static Map<String, float[]> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int start = 8 + Math.toIntExact(bytes.getLong(0));
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header(file).properties()) {
            if (entry.getKey().equals("__metadata__")) {
                continue;
            }
            int from = entry.getValue().get("data_offsets").get(0).asInt();
            int to = entry.getValue().get("data_offsets").get(1).asInt();
            float[] values = new float[(to - from) / 4];
            bytes.position(start + from);
            bytes.asFloatBuffer().get(values);
            tensors.put(entry.getKey(), values);
        }
        return tensors;
    }

    private static JsonNode header(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0));
        return new ObjectMapper().readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
    }

    @Test
    void writesTheSafetensorsFormat() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Network network =
                Network.create(TestDevice.fresh("resnet8", 3, 10, 1, .9, 0), TestDevice.CPU, TestDevice.FLOAT32)) {
            network.writeModel(file, Map.of("format", "pt", "run", "é"));
        }

        byte[] bytes = Files.readAllBytes(file);
        long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        assertThat(length % 8).isZero();
        JsonNode header = header(file);
        assertThat(header.get("__metadata__").get("run").asText()).isEqualTo("é");
        assertThat(header.get("conv1.weight").get("dtype").asText()).isEqualTo("F32");
        assertThat(header.get("conv1.weight").get("shape").toString()).isEqualTo("[16,3,3,3]");
        long values = 0;
        long expectedStart = 0;
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode offsets = entry.getValue().get("data_offsets");
                assertThat(offsets.get(0).asLong()).isEqualTo(expectedStart);
                expectedStart = offsets.get(1).asLong();
                values = expectedStart / 4;
            }
        }
        assertThat(bytes.length).isEqualTo(8 + length + 4 * values);
    }

    @Test
    void tensorsHavePyTorchNames() throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (Network network =
                Network.create(TestDevice.fresh("resnet8", 1, 10, 1, .9, 0), TestDevice.CPU, TestDevice.FLOAT32)) {
            network.writeModel(file, Map.of());
        }

        assertThat(read(file))
                .containsKeys(
                        "conv1.weight",
                        "bn1.weight",
                        "bn1.running_mean",
                        "layer1.0.conv1.weight",
                        "layer2.0.shortcut.0.weight",
                        "layer2.0.shortcut.1.running_var",
                        "layer3.0.bn2.bias",
                        "fc.weight",
                        "fc.bias")
                .doesNotContainKey("layer1.0.shortcut.0.weight");
        assertThat(read(file).get("bn1.running_var")).containsOnly(1f);
    }

    /** PyTorch saves the number of steps of each BatchNorm as I64. */
    @Test
    void numberOfBatchesIsLeftOut() throws IOException {
        Path file = folder.resolve("state_dict.safetensors");
        write(
                file,
                "{\"bn1.num_batches_tracked\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                        + "\"bn1.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
                12);

        assertThat(Safetensors.read(file).tensors()).containsOnlyKeys("bn1.bias");
        assertThat(Safetensors.read(file).shapes()).containsOnlyKeys("bn1.bias");
    }

    @Test
    void otherTypesAreRejectedByName() throws IOException {
        Path file = folder.resolve("half.safetensors");
        write(file, "{\"fc.bias\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4);

        assertThatThrownBy(() -> Safetensors.read(file))
                .hasMessage(file
                        + ": tensor fc.bias is F16 (2) in 4 bytes, allowed is F32: convert it with tensor.float()");
    }

    private static void write(Path file, String header, int bytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(8 + text.length + bytes)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .array());
    }
}
