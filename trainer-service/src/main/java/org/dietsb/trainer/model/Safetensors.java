package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
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
import java.util.Map;

/** Writes float32 tensors as safetensors: 8 bytes length, a JSON header padded with spaces to 8, then the values. */
final class Safetensors {
    private Safetensors() {}

    static void write(Path file, Map<String, NDArray> tensors, Map<String, String> metadata) throws IOException {
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
        }
    }
}
