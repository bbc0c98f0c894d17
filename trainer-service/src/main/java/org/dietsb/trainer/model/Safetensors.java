package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The safetensors format with float32 tensors and bytes: 8 bytes length, a JSON header padded with spaces to 8, then the values. */
public final class Safetensors {
    /** Number of training steps of a BatchNorm, which PyTorch saves and nothing here needs. */
    private static final String STEPS = "num_batches_tracked";

    private Safetensors() {}

    static void write(Path file, Map<String, NDArray> tensors, Map<String, byte[]> bytes, Map<String, String> metadata)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode header = json.createObjectNode();
        header.set("__metadata__", json.valueToTree(metadata));
        long offset = 0;
        for (Map.Entry<String, NDArray> tensor : tensors.entrySet()) {
            ObjectNode entry = header.putObject(tensor.getKey());
            entry.put("dtype", "F32");
            entry.set("shape", json.valueToTree(tensor.getValue().getShape().getShape()));
            long end = offset + tensor.getValue().size() * 4;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        for (Map.Entry<String, byte[]> some : bytes.entrySet()) {
            ObjectNode entry = header.putObject(some.getKey());
            entry.put("dtype", "U8");
            entry.putArray("shape").add(some.getValue().length);
            long end = offset + some.getValue().length;
            entry.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String text = json.writeValueAsString(header);
        text += " ".repeat(Math.floorMod(-text.getBytes(StandardCharsets.UTF_8).length, 8));
        byte[] head = text.getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(head.length)
                    .array());
            out.write(head);
            for (NDArray tensor : tensors.values()) {
                out.write(Network.bytes(tensor));
            }
            for (byte[] some : bytes.values()) {
                out.write(some);
            }
        }
    }

    /**
     * The content of a file.
     *
     * @param tensors values by name
     * @param shapes of the tensors
     * @param bytes by name
     */
    public record Content(
            Map<String, String> metadata,
            Map<String, float[]> tensors,
            Map<String, Shape> shapes,
            Map<String, byte[]> bytes) {

        /** Content with tensors only, whose shapes are known elsewhere. */
        public static Content of(Map<String, float[]> tensors) {
            return new Content(Map.of(), tensors, Map.of(), Map.of());
        }

        /** Removes the beginning of each name. */
        Content withoutPrefix(String prefix) {
            return new Content(
                    metadata, shortened(tensors, prefix), shortened(shapes, prefix), shortened(bytes, prefix));
        }

        private static <T> Map<String, T> shortened(Map<String, T> byName, String prefix) {
            Map<String, T> shorter = new LinkedHashMap<>();
            byName.forEach((name, value) ->
                    shorter.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, value));
            return shorter;
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws IOException if it cannot be read, or was not written by {@link #write}
     */
    public static Content read(Path file) throws IOException {
        byte[] all = Files.readAllBytes(file);
        ByteBuffer content = ByteBuffer.wrap(all).order(ByteOrder.LITTLE_ENDIAN);
        long length = all.length < 8 ? -1 : content.getLong();
        if (length < 2 || length > all.length - 8) {
            throw new IOException(file + " is not a safetensors file: its header would have " + length + " bytes");
        }
        int start = 8 + (int) length;
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry :
                new ObjectMapper().readTree(all, 8, (int) length).properties()) {
            if (entry.getKey().equals("__metadata__")) {
                entry.getValue()
                        .properties()
                        .forEach(
                                one -> metadata.put(one.getKey(), one.getValue().asText()));
                continue;
            }
            long from = entry.getValue().path("data_offsets").path(0).asLong(-1);
            long to = entry.getValue().path("data_offsets").path(1).asLong(-1);
            if (from < 0 || to < from || to > all.length - start) {
                throw new IOException(
                        file + ": tensor " + entry.getKey() + " lies outside the file, according to its header");
            }
            if (entry.getKey().endsWith(STEPS)) {
                continue;
            }
            String type = entry.getValue().path("dtype").asText();
            if (type.equals("U8")) {
                bytes.put(entry.getKey(), Arrays.copyOfRange(all, start + (int) from, start + (int) to));
                continue;
            }
            Shape shape = shape(entry.getValue().path("shape"));
            if (!type.equals("F32") || shape.size() != (to - from) / 4 || (to - from) % 4 != 0) {
                throw new IOException(file + ": tensor " + entry.getKey() + " is " + type + " " + shape + " in "
                        + (to - from) + " bytes, allowed is F32: convert it with tensor.float()");
            }
            shapes.put(entry.getKey(), shape);
            float[] values = new float[(int) (to - from) / 4];
            content.position(start + (int) from)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(values);
            tensors.put(entry.getKey(), values);
        }
        return new Content(metadata, tensors, shapes, bytes);
    }

    private static Shape shape(JsonNode sizes) {
        long[] shape = new long[sizes.size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = sizes.path(i).asLong();
        }
        return new Shape(shape);
    }
}
