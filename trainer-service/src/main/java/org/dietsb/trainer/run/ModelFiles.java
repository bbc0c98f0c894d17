package org.dietsb.trainer.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.dietsb.contracts.RunId;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.model.Initial;
import org.dietsb.trainer.model.Network;

/** Trained models, in one folder per run: the weights as safetensors, and a description as JSON. */
@ApplicationScoped
public class ModelFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;

    ModelFiles(TrainerConfig config) {
        this.folder = config.home().resolve("models");
    }

    public Path weights(String runId) {
        return of(runId).resolve("model.safetensors");
    }

    public Path description(String runId) {
        return of(runId).resolve("model.json");
    }

    private Path of(String runId) {
        RunId.check("id", runId);
        return folder.resolve(runId);
    }

    /** Writes weights and description; each file appears complete or not at all. */
    void write(String runId, Network network, Dataset dataset) {
        Path unfinished = of(runId).resolve("unfinished");
        try {
            Files.createDirectories(of(runId));
            try {
                network.writeModel(
                        unfinished,
                        Map.of(
                                "format",
                                "pt",
                                "dataset",
                                dataset.identity().name(),
                                "run",
                                runId,
                                Initial.CLASSES,
                                JSON.writeValueAsString(dataset.classNames())));
                Files.move(unfinished, weights(runId), StandardCopyOption.ATOMIC_MOVE);
                Files.writeString(unfinished, describe(runId, network, dataset));
                Files.move(unfinished, description(runId), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            boolean full = String.valueOf(failed.getMessage()).contains("No space left");
            throw new UncheckedIOException(
                    "cannot write the model of " + runId
                            + (full ? ": no space left in " + folder : " to " + folder + ": " + failed),
                    failed);
        }
    }

    /** Describes what is needed besides the weights to use a model: architecture, classes, normalisation. */
    private static String describe(String runId, Network network, Dataset dataset) throws IOException {
        ObjectNode description = JSON.createObjectNode();
        description.put("run", runId);
        description.set("architecture", JSON.valueToTree(network.architecture()));
        description.put("format", network.isScript() ? "torchscript" : "safetensors");
        description.put("dataset", dataset.identity().name());
        description.set("classes", JSON.valueToTree(dataset.classNames()));
        ObjectNode input = description.putObject("input");
        input.put("channels", dataset.train().channels());
        input.put("height", dataset.train().height());
        input.put("width", dataset.train().width());
        input.put("scale", "pixels / 255, then (x - mean) / std per channel");
        input.set("mean", JSON.valueToTree(dataset.mean()));
        input.set("std", JSON.valueToTree(dataset.std()));
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(description);
    }
}
