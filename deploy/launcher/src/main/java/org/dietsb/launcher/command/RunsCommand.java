package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.dietsb.launcher.follow.RunComparison;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.option.RunOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs, or compares two of them. A run whose loop seems to have ended without saying so is shown as LOST. */
@Command(name = "runs", mixinStandardHelpOptions = true, description = "List runs and their progress, newest first.")
public final class RunsCommand implements Callable<Integer>, Checked {
    private static final List<String> STATES = List.of("queued", "running", "completed", "failed", "cancelled");

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "RUN",
            description = "compare the figures of two runs, finished or not")
    private List<String> compared = List.of();

    @Option(
            names = "--state",
            split = ",",
            paramLabel = "STATE",
            description = "list only runs in these states: queued, running, completed, failed, cancelled")
    private List<String> states = List.of();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "maximum number of runs, newest first; default ${DEFAULT-VALUE}")
    private int limit;

    @Option(
            names = "--tag",
            split = ",",
            paramLabel = "NAME",
            description = "list only runs that have this tag; may be repeated")
    private List<String> tags = List.of();

    @Option(names = "--members", description = "list the members of scorings too")
    private boolean members;

    @Mixin
    private Target target = new Target();

    @Override
    public void check(Mistakes mistakes) {
        RunOptions.checkTags("--tag", tags, mistakes);
        mistakes.unless(limit >= 1 && limit <= 1_000, "--limit", limit, "[1, 1000]");
        states.forEach(state -> mistakes.unless(STATES.contains(state), "--state", state, String.join(", ", STATES)));
        mistakes.unless(
                compared.isEmpty() || compared.size() == 2, "--compare", String.join(" ", compared), "two runs, once");
    }

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        Rest trainer = system.trainer;
        if (compared.isEmpty()) {
            String wanted =
                    states.isEmpty() ? "" : "&state=" + String.join(",", states).toUpperCase(Locale.ROOT);
            String tagged = tags.isEmpty() ? "" : "&tag=" + String.join(",", tags);
            Rest.Reply runs =
                    trainer.read("/runs?limit=" + limit + (members ? "" : "&members=false") + wanted + tagged);
            if (runs.body().isEmpty()) {
                System.out.println(
                        states.isEmpty() && tags.isEmpty() ? "There are no runs yet." : "There are no such runs.");
            } else {
                System.out.print(table(runs.body()));
            }
            if (!runs.next().isEmpty()) {
                System.out.println("There are older ones: see --limit, --state and --tag.");
            }
        } else {
            System.out.print(RunComparison.of(run(system, compared.get(0)), run(system, compared.get(1))));
        }
        return 0;
    }

    private static JsonNode run(LocalSystem system, String name) {
        return RunName.with(system, name, id -> system.trainer.get("/runs/" + Rest.segment(id)));
    }

    private static Table table(JsonNode runs) {
        Columns<JsonNode> columns = new Columns<JsonNode>()
                .add("run", Json.text("/runId"))
                .add(
                        "state",
                        run -> run.has("lostSince") ? "LOST" : run.path("state").asText())
                .add("policy", Summaries::label)
                .add("epoch", run -> of(run.path("progress"), "epoch", "epochs"))
                .add("batch", run -> of(run.path("progress"), "batch", "batches"))
                .add("accuracy", Summaries::accuracy)
                .add("pruned", run -> Format.percent(run.path("totalPruned").asDouble()))
                .add("nominal", RunsCommand::nominal)
                .add("resumed from", run -> resumedFrom(run.path("resumedFrom")))
                .add("proxy", RunsCommand::proxy)
                .add("reason", RunsCommand::reason);
        if (Json.elements(runs).stream().anyMatch(run -> run.has("tags"))) {
            columns.add("tags", RunsCommand::tags);
        }
        return columns.table(Json.elements(runs));
    }

    private static String nominal(JsonNode run) {
        OptionalDouble rate = Summaries.nominal(run);
        return rate.isPresent() ? Format.percent(rate.getAsDouble()) : "-";
    }

    /** Returns the run that this run is the proxy of, or its own proxy with the proxy's state or the reason it waits. */
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

    /** Returns why a run failed, or what it waits for. */
    private static String reason(JsonNode run) {
        String waits = run.path("waitsFor").asText();
        String why = run.path("state").asText().equals("FAILED")
                ? run.path("reason").asText()
                : waits.isEmpty() ? "" : "waits for " + waits;
        return why.isEmpty() ? "-" : why;
    }

    private static String tags(JsonNode run) {
        return run.has("tags")
                ? Json.elements(run.path("tags")).stream().map(JsonNode::asText).collect(Collectors.joining(", "))
                : "-";
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
