package org.dietsb.launcher.option;

import org.dietsb.launcher.summary.Summaries;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.usage.OutputFile;
import org.dietsb.launcher.usage.UserError;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Files for results. */
public final class OutputOptions {
    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "write the figures as JSON; several policies make an array")
    @Nullable
    public Path summary;

    @Option(names = "--csv", paramLabel = "FILE", description = "write the figures of every epoch as CSV")
    @Nullable
    public Path csv;

    @Option(
            names = "--model-out",
            paramLabel = "FILE",
            description =
                    "write the model as safetensors, and FILE.json beside it; of several policies each as KIND-FILE, of a sweep as KIND-MODEL-RATE-SEED-FILE")
    @Nullable
    Path modelOut;

    /** Refuses files that could not be written when the training is done. */
    public void check() {
        OutputFile.check("--summary", summary);
        OutputFile.check("--csv", csv);
        OutputFile.check("--model-out", modelOut);
    }

    /** Writes the runs done so far, so that nothing is lost if a later one fails. */
    public void write(List<ObjectNode> runs, boolean asArray) {
        if (summary != null) {
            try {
                OutputFile.write(
                        summary,
                        Rest.JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(asArray ? runs : runs.get(0)));
            } catch (IOException failed) {
                throw new UserError("cannot write " + summary + ": " + failed.getMessage());
            }
        }
        if (csv != null) {
            OutputFile.write(csv, Summaries.csv(runs).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes the model of a run; what was written is returned. */
    public List<Path> writeModel(Rest trainer, String runId, String name, boolean oneOfMany) {
        List<Path> written = new ArrayList<>();
        if (modelOut != null) {
            Path file = oneOfMany ? modelOut.resolveSibling(name + "-" + modelOut.getFileName()) : modelOut;
            OutputFile.write(file, trainer.bytes("/runs/" + runId + "/model"));
            Path description = file.resolveSibling(file.getFileName() + ".json");
            OutputFile.write(description, trainer.bytes("/runs/" + runId + "/model.json"));
            written.addAll(List.of(file, description));
        }
        return written;
    }
}
