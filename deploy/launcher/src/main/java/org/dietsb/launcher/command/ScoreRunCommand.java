package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OutputFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Computes scores by the recorded losses of a run. */
@Command(
        name = "score-run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compute scores of the examples by the losses that a run reported, without a forward pass, and publish them as"
                    + " a score set for diets.",
            "Example: dietsb score-run RUN --method dual; then dietsb train --policy diet --score-set RUN.dual"
        })
public final class ScoreRunCommand implements Callable<Integer>, Checked {
    private static final List<String> METHODS =
            List.of("dual", "dynamic-uncertainty", "mean-loss", "last-loss", "forgetting");

    @Parameters(paramLabel = "RUN", description = "id of the run, as dietsb runs shows it")
    private String run = "";

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "dual",
            description = "dual: deviation times difficulty of the probability of the true class over windows of"
                    + " 10 epochs; dynamic-uncertainty: the deviation alone; mean-loss; last-loss; forgetting: how often an example was classified"
                    + " correctly and wrongly the next time; default dual")
    private String method = "dual";

    @Option(
            names = "--first-epochs",
            paramLabel = "N",
            description = "epochs of the run that are used, from the first on; default 30 for dual, else all")
    private @Nullable Integer epochs;

    @Option(names = "--csv", paramLabel = "FILE", description = "write index and score of every training example")
    private @Nullable Path csv;

    @Mixin
    private Target target = new Target();

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(METHODS.contains(method), "--method", method, "one of " + String.join(", ", METHODS));
        mistakes.unless(epochs == null || epochs >= 1, "--first-epochs", String.valueOf(epochs), "1 or more");
        mistakes.run(() -> OutputFile.check("--csv", csv));
    }

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        ObjectNode request = Json.object().put("method", method);
        if (epochs != null) {
            request.put("epochs", epochs);
        }
        JsonNode set = RunName.with(system, run, named -> system.selector
                .post("/runs/" + Rest.segment(named) + "/score-sets", request)
                .body());
        String id = set.path("scoreSet").asText();
        System.out.println(Format.text(
                "Score set %s: %d examples, %d epochs, mean %.4f",
                id,
                set.path("count").asInt(),
                set.path("epochs").asInt(),
                set.path("mean").asDouble()));
        System.out.println(besideEl2n(set.path("besideEl2n")));
        if (csv != null) {
            OutputFile.write(csv, system.scorer.bytes("/score-sets/" + Rest.segment(id) + "?format=csv"));
            System.out.println("Wrote " + csv);
        }
        return 0;
    }

    private static String besideEl2n(JsonNode other) {
        return other.isMissingNode()
                ? "No EL2N score set of this dataset is here to compare with."
                : Format.text(
                        "Beside EL2N set %s: rank correlation %s (by chance 0), overlap of the lowest quarters %s (by"
                                + " chance %s)",
                        other.path("scoreSet").asText(),
                        Format.number("%.3f", other.path("rankCorrelation")),
                        Format.percent(other.path("lowestQuarter").asDouble()),
                        Format.percent(other.path("chance").asDouble()));
    }
}
