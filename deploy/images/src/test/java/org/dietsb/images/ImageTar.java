package org.dietsb.images;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * An image in the format of {@code docker save}.
 *
 * @param config the image's config object: User, Entrypoint, Env, Labels and the like
 * @param layers from the base's first to the last
 * @param ownLayers number of layers, the last ones, that are not the base's
 */
record ImageTar(String name, JsonNode config, List<Layer> layers, int ownLayers) {

    /**
     * @param bytes as transferred, compressed if the layer is
     * @param files with their paths, modes, owners and times
     */
    record Layer(long bytes, List<TarArchiveEntry> files) {}

    static ImageTar read(Path tar) {
        Map<String, JsonNode> documents = new HashMap<>();
        Map<String, Layer> layers = new HashMap<>();
        ObjectMapper json = new ObjectMapper();
        try (TarArchiveInputStream entries = new TarArchiveInputStream(Files.newInputStream(tar))) {
            for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (entry.getName().endsWith(".json")) {
                    documents.put(entry.getName(), json.readTree(entries.readAllBytes()));
                } else {
                    layers.put(entry.getName(), new Layer(entry.getSize(), files(entries)));
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        JsonNode manifest = document(documents, "manifest.json").get(0);
        JsonNode image = document(documents, manifest.get("Config").asText());
        int own = 0;
        for (JsonNode step : image.get("history")) {
            own += step.path("created_by").asText().startsWith("jib") ? 1 : 0;
        }
        List<Layer> inOrder = new ArrayList<>();
        manifest.get("Layers").forEach(layer -> inOrder.add(Objects.requireNonNull(layers.get(layer.asText()))));
        return new ImageTar(manifest.get("RepoTags").get(0).asText(), image.get("config"), inOrder, own);
    }

    private static JsonNode document(Map<String, JsonNode> documents, String name) {
        return Objects.requireNonNull(documents.get(name), name);
    }

    private static List<TarArchiveEntry> files(InputStream layer) throws IOException {
        byte[] magic = layer.readNBytes(2);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), layer);
        boolean compressed = magic.length == 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b;
        TarArchiveInputStream entries = new TarArchiveInputStream(compressed ? new GZIPInputStream(whole) : whole);
        List<TarArchiveEntry> files = new ArrayList<>();
        for (TarArchiveEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
            files.add(entry);
        }
        return files;
    }

    List<TarArchiveEntry> files() {
        return layers.stream().flatMap(layer -> layer.files().stream()).toList();
    }

    /** Returns the files of all layers except those of the base. */
    List<TarArchiveEntry> ownFiles() {
        return own().stream().flatMap(layer -> layer.files().stream()).toList();
    }

    /** Returns the bytes transferred to a machine that has the base. */
    long ownBytes() {
        return own().stream().mapToLong(Layer::bytes).sum();
    }

    private List<Layer> own() {
        return layers.subList(layers.size() - ownLayers, layers.size());
    }

    Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>();
        config.get("Env").forEach(variable -> {
            String[] parts = variable.asText().split("=", 2);
            environment.put(parts[0], parts[1]);
        });
        return environment;
    }
}
