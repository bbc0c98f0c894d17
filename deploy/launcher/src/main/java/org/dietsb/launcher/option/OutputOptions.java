package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OutputFile;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Files for results. */
@Heading("Results")
public final class OutputOptions implements Checked {
    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "write the figures as JSON; an array if there are several runs")
    @Nullable
    Path summary;

    @Option(names = "--csv", paramLabel = "FILE", description = "write the figures of every epoch as CSV")
    @Nullable
    Path csv;

    @Option(
            names = "--model-out",
            paramLabel = "FILE",
            description = "write the model as safetensors, and its description to FILE.json; each of several policies "
                    + "to KIND-FILE, of a sweep to KIND-MODEL-RATE-SEED-FILE")
    @Nullable
    Path modelOut;

    /** Whether any file is asked for. */
    public boolean isGiven() {
        return summary != null || csv != null || modelOut != null;
    }

    /** Notes files that could not be written after the training. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.run(() -> OutputFile.check("--summary", summary));
        mistakes.run(() -> OutputFile.check("--csv", csv));
        mistakes.run(() -> OutputFile.check("--model-out", modelOut));
    }

    /** Writes the runs finished so far, so that their figures survive if a later run fails. */
    public void write(List<ObjectNode> runs, boolean asArray) {
        if (summary != null) {
            byte[] json = UserError.onFailure(
                    "cannot write " + summary,
                    () -> Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(asArray ? runs : runs.get(0)));
            OutputFile.write(summary, json);
        }
        if (csv != null) {
            OutputFile.write(csv, Summaries.csv(runs).getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes the model of a run, and returns the files written. */
    public List<Path> writeModel(Rest trainer, String runId, String name, boolean oneOfMany) {
        if (modelOut == null) {
            return List.of();
        }
        Path file = oneOfMany ? modelOut.resolveSibling(name + "-" + modelOut.getFileName()) : modelOut;
        Path description = file.resolveSibling(file.getFileName() + ".json");
        OutputFile.write(file, trainer.bytes("/runs/" + runId + "/model"));
        OutputFile.write(description, trainer.bytes("/runs/" + runId + "/model.json"));
        return List.of(file, description);
    }
}
