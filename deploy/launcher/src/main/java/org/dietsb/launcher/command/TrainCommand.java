package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Kind;
import org.dietsb.launcher.follow.Controls;
import org.dietsb.launcher.follow.DietReport;
import org.dietsb.launcher.follow.Records;
import org.dietsb.launcher.follow.ResultTable;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.follow.Standing;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.option.OutputOptions;
import org.dietsb.launcher.option.PolicyOptions;
import org.dietsb.launcher.option.RunOptions;
import org.dietsb.launcher.option.ScoringOptions;
import org.dietsb.launcher.option.TrainingOptions;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.system.TrainerCount;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains one or several runs, computes the scores that diets need, and shows progress and a table of results. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Train; starts services that are not running, and stops them afterwards. Without options:"
                + " fashion-mini, resnet8, the baseline beside diet-selective, which leaves out half of all examples, half of"
                + " these before training. Ends with the difference in accuracy and in time, scoring included.")
public final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--policy",
            paramLabel = "KIND",
            split = ",",
            defaultValue = "baseline,diet-selective",
            description =
                    "one kind, or a comma-separated list, of ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}); "
                            + "several share one table, baseline first")
    private List<Kind> kinds = List.of(Kind.BASELINE, Kind.DIET_SELECTIVE);

    @Option(
            names = "--controls",
            description = "train two controls of each run that leaves out examples: everything at equal cost in as many"
                    + " steps, and as many examples of each batch at random")
    private boolean controls;

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

    /** Maximum number of parallel runs; a run and its proxy take two trainers. */
    private int parallel = 1;

    /** The runs of this call. */
    private final List<String> ordered = new CopyOnWriteArrayList<>();

    @Override
    public Integer call() {
        check();
        boolean proxied = any(policy::hasProxy);
        if (proxied) {
            trainers.atLeast(2);
        }
        parallel = proxied ? trainers.trainers / 2 : trainers.trainers;
        List<Sweep.Job> jobs = Sweep.jobs(kinds, policy.of, training.variants());
        List<ObjectNode> done = new CopyOnWriteArrayList<>();
        AtomicBoolean shown = new AtomicBoolean();
        try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
            // At Ctrl-C, after the runs that are not over were cancelled.
            system.beforeStop(() -> {
                if (system.isInterrupted()) {
                    show(done, shown);
                    System.out.print(Standing.ofRuns(system, ordered));
                }
            });
            trainAll(system, jobs, done);
        } finally {
            show(done, shown);
        }
        return 0;
    }

    /** Prints the results once. */
    private static void show(List<ObjectNode> done, AtomicBoolean shown) {
        if (!shown.getAndSet(true) && !done.isEmpty()) {
            System.out.print(System.lineSeparator() + ResultTable.of(done));
        }
        System.out.flush();
    }

    private boolean any(Predicate<Kind> test) {
        return kinds.stream().anyMatch(test);
    }

    private void check() {
        WrongUsage.unless(
                new HashSet<>(kinds).size() == kinds.size(),
                "--policy",
                kinds.stream().map(Kind::toString).collect(Collectors.joining(",")),
                "each kind once");
        training.check();
        WrongUsage.unless(
                !kinds.contains(Kind.RANDOM_LIKE) || policy.of != null,
                "--of is missing: random-like draws as many examples as an earlier run selected");
        boolean sweep = training.variants().size() > 1;
        boolean records = kinds.contains(Kind.REPLAY) && policy.of == null;
        WrongUsage.unless(
                !records || sweep,
                "--of is missing: replay uses the masks of an earlier run; without --of a sweep of --seed,"
                        + " --learning-rate or --model records one run and replays it for the others");
        WrongUsage.unless(
                !sweep || !any(Kind::hasDiet),
                "a sweep of --seed, --learning-rate or --model excludes diets: replay one run of a diet with --of");
        List<Kind> trained = new ArrayList<>(kinds);
        if (records) {
            trained.add(Kind.SELECTIVE);
        }
        policy.check(trained);
        budgetMustBeEpochs(
                any(Kind::replays),
                "replay and random-like: the number of epochs determines which recorded epoch is used");
        budgetMustBeEpochs(any(policy::hasProxy), "--losses proxy:MODEL: a run and its proxy are of equal length");
        WrongUsage.unless(
                !scoring.isGiven() || any(policy::needsScores),
                "--score-members and --score-epochs do not apply: no scores are computed");
        if (any(policy::needsScores)) {
            scoring.check(training);
        }
        WrongUsage.unless(
                policy.rule != Policy.Rule.PERCENTILE || training.batchSize <= Policy.DEFAULT_HISTORY,
                "--batch-size",
                training.batchSize,
                "[1, " + Policy.DEFAULT_HISTORY + "] with --rule percentile, the length of its history");
        budgetMustBeEpochs(controls, "--controls: the random control uses recorded epochs by their numbers");
        WrongUsage.unless(!controls || !any(policy::hasProxy), "--controls does not apply to --losses proxy:MODEL");
        run.check();
        WrongUsage.unless(
                run.init == null || training.models.stream().allMatch(model -> model.file() == null),
                "--init does not apply to --model FILE.pt, which holds its own parameters");
        output.check();
        ports.check();
    }

    private void budgetMustBeEpochs(boolean required, String reason) {
        WrongUsage.unless(!required || run.budget.isEpochs(), "--budget", run.budget.text(), "epochs with " + reason);
    }

    /** A run that was ordered and is not finished yet. */
    private record Ordered(
            Sweep.Job job,
            ObjectNode order,
            RunFollower run,
            @Nullable Scores scores) {}

    /** Trains as many runs at once as the trainers allow, and reports their ends in the order of the policies. */
    private void trainAll(LocalSystem system, List<Sweep.Job> jobs, List<ObjectNode> done) {
        Scores scores = null;
        String recorded = policy.of == null ? null : Records.complete(system, policy.of, need(), 0);
        Deque<Ordered> active = new ArrayDeque<>();
        boolean several = jobs.size() > 1;
        for (Sweep.Job job : jobs) {
            Kind kind = job.kind();
            while (kind == Kind.REPLAY && recorded == null && !active.isEmpty()) {
                recorded = finishAndRecord(system, active.remove(), done, several);
            }
            if (policy.goesByScoreSet(kind) && scores == null) {
                scores = scores(system);
            }
            active.add(order(system, job, policy.goesByScoreSet(kind) ? scores : null, recorded));
            if (active.size() == parallel) {
                String record = finishAndRecord(system, active.remove(), done, several);
                recorded = record == null ? recorded : record;
            }
        }
        while (!active.isEmpty()) {
            finish(system, active.remove(), done, several);
        }
    }

    private Records.Need need() {
        return kinds.contains(Kind.REPLAY) ? Records.Need.MASKS : Records.Need.COUNTS;
    }

    /** Finishes a run, and returns its record if the replays use it, else null. */
    private @Nullable String finishAndRecord(
            LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        ObjectNode finished = finish(system, ordered, done, several);
        return ordered.job().records()
                ? Records.complete(system, finished.path("runId").asText(), Records.Need.MASKS, Records.MAX_POLLS)
                : null;
    }

    private ObjectNode finish(LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        String shown = done.isEmpty() ? "" : DietReport.of(done.get(done.size() - 1));
        ObjectNode finished = Summaries.summary(ordered.run().follow(), ordered.scores())
                .put("learningRate", ordered.job().variant().learningRate());
        done.add(finished);
        output.write(done, several);
        String report = DietReport.of(finished);
        System.out.print(report.isEmpty() || !report.equals(shown) ? report : "The diet kept the same examples.\n");
        String name = ordered.job().kind()
                + (training.variants().size() == 1
                        ? ""
                        : "-" + ordered.job().variant().words());
        output.writeModel(system.trainer, finished.path("runId").asText(), name, several)
                .forEach(file -> System.out.println("Wrote " + file));
        if (controls) {
            Controls.equalCost(ordered.order(), finished)
                    .ifPresent(order -> control(system, order, Controls.EQUAL_COST, finished, done));
            Controls.random(system, ordered.order(), finished)
                    .ifPresent(order -> control(system, order, Controls.RANDOM, finished, done));
        }
        return finished;
    }

    private void control(LocalSystem system, ObjectNode order, String kind, ObjectNode method, List<ObjectNode> done) {
        RunFollower follower = RunFollower.order(system, order);
        ordered.add(follower.id());
        System.out.println("Control of " + method.path("runId").asText() + ": " + kind);
        ObjectNode finished = Summaries.summary(follower.follow(), null);
        finished.set("learningRate", method.path("learningRate"));
        done.add(Controls.marked(finished, kind, method));
        output.write(done, true);
    }

    private Scores scores(LocalSystem system) {
        return policy.scoreSet == null
                ? new ScoreFollower(system).compute(scoring.toJson(training))
                : Scores.of(system.scorer.get("/score-sets/" + policy.scoreSet));
    }

    private Ordered order(LocalSystem system, Sweep.Job job, @Nullable Scores scores, @Nullable String recorded) {
        ObjectNode order = job.variant().of(training.toJson());
        run.addTo(order);
        ObjectNode json = policy.toJson(job.kind(), scores == null ? null : scores.id());
        if (job.kind().replays()) {
            json.put("of", recorded);
        }
        order.set("policy", json);
        RunFollower follower = RunFollower.order(system, order);
        ordered.add(follower.id());
        return new Ordered(job, order, follower, scores);
    }
}
