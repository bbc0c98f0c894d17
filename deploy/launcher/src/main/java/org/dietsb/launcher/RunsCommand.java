package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists runs. */
@Command(name = "runs", mixinStandardHelpOptions = true, description = "What runs, and how far it is.")
final class RunsCommand implements Callable<Integer> {
    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        Table table = new Table("run", "state", "policy", "epoch", "batch", "accuracy", "pruned");
        for (JsonNode run : LocalSystem.up(ports).trainer.get("/runs")) {
            JsonNode at = run.path("progress");
            table.row(
                    run.path("runId").asText(),
                    run.path("state").asText(),
                    run.path("policy").path("kind").asText(),
                    at.isMissingNode()
                            ? "-"
                            : at.path("epoch").asInt() + "/" + at.path("epochs").asInt(),
                    at.isMissingNode()
                            ? "-"
                            : at.path("batch").asInt() + "/"
                                    + at.path("batches").asInt(),
                    run.has("accuracy") ? "%.4f".formatted(run.path("accuracy").asDouble()) : "-",
                    "%.1f %%".formatted(100 * run.path("totalPruned").asDouble()));
        }
        System.out.print(table);
        return 0;
    }
}
