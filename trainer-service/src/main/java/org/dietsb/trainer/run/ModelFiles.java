package org.dietsb.trainer.run;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.dietsb.contracts.RunId;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.model.Network;

/** Where trained models lie: a folder a run, with the weights as safetensors and a description as JSON. */
@ApplicationScoped
class ModelFiles {
    private final Path folder;

    ModelFiles(TrainerConfig config) {
        this.folder = config.home().resolve("models");
    }

    Path weights(String runId) {
        return of(runId).resolve("model.safetensors");
    }

    Path description(String runId) {
        return of(runId).resolve("model.json");
    }

    private Path of(String runId) {
        RunId.check("id", runId);
        return folder.resolve(runId);
    }

    /** Writes both; each appears whole or not at all. */
    void write(String runId, Network network, Dataset dataset, String description) {
        Path unfinished = of(runId).resolve("unfinished");
        try {
            Files.createDirectories(of(runId));
            try {
                write(runId, unfinished, network, dataset, description);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot write the model of " + runId + " to " + folder, failed);
        }
    }

    private void write(String runId, Path unfinished, Network network, Dataset dataset, String description)
            throws IOException {
        network.writeModel(
                unfinished, Map.of("format", "pt", "dataset", dataset.identity().name(), "run", runId));
        Files.move(unfinished, weights(runId), StandardCopyOption.ATOMIC_MOVE);
        Files.writeString(unfinished, description);
        Files.move(unfinished, description(runId), StandardCopyOption.ATOMIC_MOVE);
    }
}
