package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
            paramLabel = "KIND",
            split = ",",
            defaultValue = "diet-selective",
            description = "one or several, with commas, of ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}); "
                    + "several make one table, baseline first")
    private List<Kind> kinds = List.of(Kind.DIET_SELECTIVE);

    @Mixin
    private PolicyOptions policy = new PolicyOptions();

    @Mixin
    private TrainingOptions training = new TrainingOptions();

    @Mixin
    private ScoringOptions scoring = new ScoringOptions();

    @Mixin
    private RunOptions run = new RunOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Mixin
    private Ports ports = new Ports();

    @Mixin
    private TrainerCount trainers = new TrainerCount();

    @Override
    public Integer call() {
        check();
        List<Kind> ordered = new ArrayList<>(kinds);
        ordered.sort(Comparator.comparingInt(kind -> kind == Kind.BASELINE ? 0 : 1));
        List<ObjectNode> done = new ArrayList<>();
        try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
            trainAll(system, ordered, done);
        } finally {
            System.out.print(done.isEmpty() ? "" : System.lineSeparator() + ResultTable.of(done));
            System.out.flush();
        }
        return 0;
    }

    /** Refuses at once whatever cannot be obeyed. */
    private void check() {
        if (EnumSet.copyOf(kinds).size() < kinds.size()) {
            throw new WrongUsage(
                    "--policy is " + kinds.stream().map(Kind::toString).collect(Collectors.joining(","))
                            + ", allowed is each kind once");
        }
        policy.check(kinds);
        training.check();
        if (scoring.isGiven() && kinds.stream().noneMatch(policy::needsScores)) {
            throw new WrongUsage("--score-members and --score-epochs are of no use: no scores are to be computed");
        }
        if (kinds.stream().anyMatch(policy::needsScores)) {
            scoring.check(training);
        }
        if (policy.rule == PolicyOptions.Rule.PERCENTILE) {
            WrongUsage.unless(
                    training.batchSize <= PolicyOptions.HISTORY,
                    "--batch-size",
                    training.batchSize,
                    "[1, " + PolicyOptions.HISTORY + "] with --rule percentile, the length of its history");
        }
        run.check();
        output.check();
        ports.check();
        trainers.check();
    }

    /** A run that was ordered, and what is still to be told of it. */
    private record Ordered(
            Kind kind, RunFollower run, @Nullable Scores scores) {}

    /** As many runs at once as there are trainers; their ends are told in the order of the policies. */
    private void trainAll(LocalSystem system, List<Kind> kinds, List<ObjectNode> done) {
        Scores scores = null;
        Deque<Ordered> going = new ArrayDeque<>();
        boolean several = kinds.size() > 1;
        for (Kind kind : kinds) {
            if (policy.goesByScores(kind) && scores == null) {
                scores = scores(system);
            }
            going.add(order(system, kind, policy.goesByScores(kind) ? scores : null));
            if (going.size() == trainers.trainers) {
                finish(system, going.remove(), done, several);
            }
        }
        while (!going.isEmpty()) {
            finish(system, going.remove(), done, several);
        }
    }

    private void finish(LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        String told = done.isEmpty() ? "" : DietReport.of(done.get(done.size() - 1));
        ObjectNode finished = Summaries.summary(ordered.run().follow(), ordered.scores());
        done.add(finished);
        output.write(done, several);
        String report = DietReport.of(finished);
        System.out.print(report.isEmpty() || !report.equals(told) ? report : "The diet kept the same examples.\n");
        output.writeModel(system.trainer, finished.path("runId").asText(), ordered.kind(), several)
                .forEach(file -> System.out.println("Wrote " + file));
    }

    private Scores scores(LocalSystem system) {
        String named = policy.scoreSet;
        if (named == null) {
            return new ScoreFollower(system).compute(scoring.toJson(training));
        }
        return Scores.of(system.scorer.get("/score-sets/" + named));
    }

    private Ordered order(LocalSystem system, Kind kind, @Nullable Scores scores) {
        ObjectNode order = training.toJson();
        run.addTo(order);
        JsonNode asked = policy.toJson(kind, scores == null ? null : scores.id());
        order.set("policy", asked);
        return new Ordered(kind, RunFollower.order(system, order), scores);
    }
}
