package org.dietsb.launcher.command;

import org.dietsb.launcher.summary.RunComparison;
import org.dietsb.launcher.summary.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.text.Table;
import org.dietsb.launcher.usage.WrongUsage;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs, or shows two of them side by side. */
@Command(name = "runs", mixinStandardHelpOptions = true, description = "What runs, and how far it is; newest first.")
public final class RunsCommand implements Callable<Integer> {
    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "RUN",
            description = "two runs side by side, figure by figure, whether they are over or not")
    private List<String> compared = List.of();

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        ports.check();
        if (!compared.isEmpty()) {
            WrongUsage.unless(compared.size() == 2, "--compare", String.join(" ", compared), "two runs, once");
            Rest trainer = LocalSystem.up(ports).trainer;
            System.out.print(RunComparison.of(run(trainer, compared.get(0)), run(trainer, compared.get(1))));
            return 0;
        }
        JsonNode runs = LocalSystem.up(ports).trainer.get("/runs");
        System.out.print(runs.isEmpty() ? "No run yet." + System.lineSeparator() : table(runs));
        return 0;
    }

    private static JsonNode run(Rest trainer, String id) {
        return trainer.get("/runs/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
    }

    private static Table table(JsonNode runs) {
        Table table = new Table(
                List.of("run", "state", "policy", "epoch", "batch", "accuracy", "pruned", "resumed from", "proxy"));
        for (JsonNode run : runs) {
            JsonNode at = run.path("progress");
            table.row(List.of(
                    run.path("runId").asText(),
                    run.path("state").asText(),
                    run.path("policy").path("kind").asText(),
                    of(at, "epoch", "epochs"),
                    of(at, "batch", "batches"),
                    Summaries.accuracy(run, 4),
                    String.format(
                            Locale.ROOT,
                            "%.1f %%",
                            100 * run.path("totalPruned").asDouble()),
                    resumedFrom(run.path("resumedFrom")),
                    proxy(run)));
        }
        return table;
    }

    /** The run whose masks it gets, or whose proxy it is, or what it waits for. */
    private static String proxy(JsonNode run) {
        JsonNode proxy = run.path("proxy");
        if (run.has("proxyOf")) {
            return "of " + run.path("proxyOf").asText();
        }
        if (proxy.isMissingNode()) {
            return "-";
        }
        boolean waits = run.path("state").asText().equals("QUEUED") && run.has("reason");
        return proxy.path("model").asText() + ", "
                + (waits ? run.path("reason").asText() : proxy.path("state").asText());
    }

    private static String resumedFrom(JsonNode barrier) {
        return barrier.isMissingNode()
                ? "-"
                : "epoch " + barrier.path("epoch").asInt() + ", batch "
                        + barrier.path("batch").asInt();
    }

    private static String of(JsonNode at, String part, String whole) {
        return at.has(part) ? at.path(part).asInt() + "/" + at.path(whole).asInt() : "-";
    }
}
