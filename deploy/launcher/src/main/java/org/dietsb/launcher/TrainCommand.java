package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The main job: scores first if a diet needs it, trains, shows progress and a table. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Train; starts what is not up, and stops what it started. Without options: fashion-mini, resnet8, "
                        + "diet-selective, half of all examples pruned, half of these before training.")
final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--policy",
            split = ",",
            defaultValue = "diet-selective",
            description =
                    "one or several of baseline, "
                            + "random, selective, diet, diet-selective (default), diet-random; several make one table, baseline first")
    private List<String> kinds = List.of("diet-selective");

    @Mixin
    private PolicyOptions policy = new PolicyOptions();

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Option(names = "--budget", defaultValue = "epochs", description = "epochs (default), steps=N or passes=N")
    private String budget = "epochs";

    @Option(
            names = "--evaluate-every",
            defaultValue = "1",
            description = "epochs; 0 = never (default ${DEFAULT-VALUE})")
    private int evaluateEvery = 1;

    @Option(
            names = "--mask-timeout",
            defaultValue = "30",
            description = "seconds to wait for a mask (default ${DEFAULT-VALUE})")
    private double maskTimeout = 30;

    @Option(names = "--on-timeout", defaultValue = "whole", description = "whole (default), random or wait")
    private String onTimeout = "whole";

    @Option(names = "--summary", description = "write the figures as JSON; several policies make an array")
    private @Nullable Path summary;

    @Option(names = "--csv", description = "write the figures of every epoch as CSV")
    private @Nullable Path csv;

    @Option(names = "--model-out", description = "write the model as safetensors, and FILE.json beside it")
    private @Nullable Path modelOut;

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() throws IOException {
        List<String> ordered = new ArrayList<>(kinds);
        ordered.sort(Comparator.comparingInt(kind -> kind.equals("baseline") ? 0 : 1));
        for (String kind : ordered) {
            var unused = policy.toJson(kind, "to-be-computed");
        }
        try (LocalSystem system = LocalSystem.upOrStarted(ports)) {
            ArrayNode summaries = Rest.JSON.createArrayNode();
            for (String kind : ordered) {
                summaries.add(train(system, kind));
            }
            System.out.println();
            System.out.print(Summaries.table(summaries));
            if (summary != null) {
                write(
                        summary,
                        Rest.JSON
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsBytes(summaries.size() == 1 ? summaries.get(0) : summaries));
            }
            if (csv != null) {
                write(csv, Summaries.csv(summaries).getBytes(StandardCharsets.UTF_8));
            }
            return 0;
        }
    }

    private ObjectNode train(LocalSystem system, String kind) throws IOException {
        ScoreFollower.Scores scores = policy.needsScores(kind) ? new ScoreFollower(system).compute(training) : null;
        ObjectNode order = training.toJson()
                .put("budget", budget)
                .put("evaluateEvery", evaluateEvery)
                .put("maskTimeoutSeconds", maskTimeout)
                .put("onTimeout", onTimeout);
        order.set("policy", policy.toJson(kind, scores == null ? null : scores.id()));
        JsonNode run = system.trainer.post("/runs", order);
        String id = run.path("runId").asText();
        System.out.println("Run " + id);
        Thread cancel = new Thread(() -> system.trainer.delete("/runs/" + id), "cancel-run");
        Runtime.getRuntime().addShutdownHook(cancel);
        run = follow(system, id, scores);
        Runtime.getRuntime().removeShutdownHook(cancel);
        if (!run.path("state").asText().equals("COMPLETED")) {
            throw new UserError("run " + id + " is " + run.path("state").asText() + ": "
                    + run.path("reason").asText());
        }
        if (modelOut != null) {
            Path file = kinds.size() == 1 ? modelOut : modelOut.resolveSibling(kind + "-" + modelOut.getFileName());
            write(file, system.trainer.bytes("/runs/" + id + "/model"));
            write(Path.of(file + ".json"), system.trainer.bytes("/runs/" + id + "/model.json"));
        }
        ObjectNode result = (ObjectNode) run;
        if (scores != null) {
            result.set("scoring", scores.toJson());
        }
        return result;
    }

    private static JsonNode follow(LocalSystem system, String id, ScoreFollower.@Nullable Scores scores) {
        int told = 0;
        boolean dietTold = scores == null;
        try (Progress progress = new Progress("training", 1000)) {
            while (true) {
                JsonNode run = system.trainer.get("/runs/" + id);
                JsonNode at = run.path("progress");
                if (!dietTold && run.path("keptPerClass").size() > 0) {
                    System.out.print(DietReport.of(run));
                    dietTold = true;
                }
                for (; told < run.path("epochs").size() && !Progress.isTerminal(); told++) {
                    System.out.println(Summaries.line(run.path("epochs").get(told)));
                }
                if (at.path("epochs").asInt() > 0) {
                    double share = (at.path("epoch").asInt()
                                    - 1
                                    + at.path("batch").asDouble()
                                            / Math.max(1, at.path("batches").asInt()))
                            / at.path("epochs").asInt();
                    progress.to(share, Summaries.beside(run));
                }
                String state = run.path("state").asText();
                if (!state.equals("RUNNING") && !state.equals("QUEUED")) {
                    return run;
                }
                LocalSystem.pause(300);
            }
        }
    }

    /** Writes a file whole or not at all. */
    private static void write(Path file, byte[] content) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path folder = absolute.resolveSibling("");
        if (!Files.isDirectory(folder)) {
            throw new UserError("cannot write " + file + ": " + folder + " is no folder");
        }
        Path unfinished = Files.createTempFile(folder, ".dietsb", ".part");
        Files.write(unfinished, content);
        Files.move(unfinished, absolute, StandardCopyOption.REPLACE_EXISTING);
    }
}
