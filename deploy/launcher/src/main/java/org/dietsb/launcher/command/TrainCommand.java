package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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
                + " fashion-mini, resnet8, diet-selective, half of all examples pruned, half of these before"
                + " training.")
public final class TrainCommand implements Callable<Integer> {
    @Option(
            names = "--policy",
            paramLabel = "KIND",
            split = ",",
            defaultValue = "diet-selective",
            description =
                    "one kind, or a comma-separated list, of ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}); "
                            + "several share one table, baseline first")
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
        List<Job> jobs = jobs(kinds, policy.of, training.variants());
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
                kinds.contains(Kind.REPLAY),
                "replay: the number of epochs determines which recorded epoch is replayed");
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

    /**
     * A run to order.
     *
     * @param records whether the replays that follow use its masks
     */
    record Job(Kind kind, TrainingOptions.Variant variant, boolean records) {}

    /**
     * Returns the runs in order, baseline first, replay last. If replay names no run, the first variant is recorded under
     * selective and the other variants replay it.
     *
     * @param of the run that replays use; null if none is named
     */
    static List<Job> jobs(List<Kind> kinds, @Nullable String of, List<TrainingOptions.Variant> variants) {
        List<Kind> ordered = new ArrayList<>(kinds);
        boolean records = kinds.contains(Kind.REPLAY) && of == null;
        if (records && !kinds.contains(Kind.SELECTIVE)) {
            ordered.add(Kind.SELECTIVE);
        }
        ordered.sort(Comparator.comparingInt(kind -> kind == Kind.BASELINE ? 0 : kind == Kind.REPLAY ? 2 : 1));
        List<Job> jobs = new ArrayList<>();
        for (Kind kind : ordered) {
            boolean recording = records && kind == Kind.SELECTIVE;
            int first = records && kind == Kind.REPLAY ? 1 : 0;
            int end = recording && !kinds.contains(Kind.SELECTIVE) ? 1 : variants.size();
            for (int i = first; i < end; i++) {
                jobs.add(new Job(kind, variants.get(i), recording && i == 0));
            }
        }
        return jobs;
    }

    /** A run that was ordered and is not finished yet. */
    private record Ordered(
            Job job, RunFollower run, @Nullable Scores scores) {}

    /** Trains as many runs at once as the trainers allow, and reports their ends in the order of the policies. */
    private void trainAll(LocalSystem system, List<Job> jobs, List<ObjectNode> done) {
        Scores scores = null;
        String recorded = policy.of == null ? null : Records.complete(system, policy.of, 0);
        Deque<Ordered> active = new ArrayDeque<>();
        boolean several = jobs.size() > 1;
        for (Job job : jobs) {
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

    /** Finishes a run, and returns its record if the replays use it, else null. */
    private @Nullable String finishAndRecord(
            LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        ObjectNode finished = finish(system, ordered, done, several);
        return ordered.job().records()
                ? Records.complete(system, finished.path("runId").asText(), Records.MAX_POLLS)
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
        return finished;
    }

    private Scores scores(LocalSystem system) {
        return policy.scoreSet == null
                ? new ScoreFollower(system).compute(scoring.toJson(training))
                : Scores.of(system.scorer.get("/score-sets/" + policy.scoreSet));
    }

    private Ordered order(LocalSystem system, Job job, @Nullable Scores scores, @Nullable String recorded) {
        ObjectNode order = job.variant().of(training.toJson());
        run.addTo(order);
        ObjectNode json = policy.toJson(job.kind(), scores == null ? null : scores.id());
        if (job.kind() == Kind.REPLAY) {
            json.put("of", recorded);
        }
        order.set("policy", json);
        RunFollower follower = RunFollower.order(system, order);
        ordered.add(follower.id());
        return new Ordered(job, follower, scores);
    }
}
