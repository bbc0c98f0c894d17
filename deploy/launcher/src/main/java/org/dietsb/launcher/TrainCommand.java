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
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Policy.Kind;
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
    /** Of 300 ms, in which a record is whole that will be. */
    static final int MOST_WAITS = 100;

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

    /** Runs at a time; a run and its proxy take two trainers. */
    private int sideBySide = 1;

    @Override
    public Integer call() {
        check();
        boolean proxied = kinds.stream().anyMatch(policy::hasProxy);
        if (proxied) {
            trainers.atLeast(2);
        }
        sideBySide = proxied ? trainers.trainers / 2 : trainers.trainers;
        List<Job> jobs = jobs(kinds, policy.of, training.variants());
        List<ObjectNode> done = new ArrayList<>();
        try (LocalSystem system = LocalSystem.upOrStarted(ports, trainers)) {
            trainAll(system, jobs, done);
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
        training.check();
        boolean sweep = training.variants().size() > 1;
        boolean records = kinds.contains(Kind.REPLAY) && policy.of == null;
        if (records && !sweep) {
            throw new WrongUsage("--of is missing: replay goes by the masks of a run that was trained before;"
                    + " without it several of --seed, --learning-rate or --model record once, and replay for the rest");
        }
        if (sweep && kinds.stream().anyMatch(Kind::hasDiet)) {
            throw new WrongUsage(
                    "several of --seed, --learning-rate or --model are not for a diet: replay one of it, with --of");
        }
        List<Kind> trained = new ArrayList<>(kinds);
        if (records) {
            trained.add(Kind.SELECTIVE);
        }
        policy.check(trained);
        if (kinds.contains(Kind.REPLAY) && !run.budget.text().equals("epochs")) {
            throw new WrongUsage("--budget is " + run.budget.text()
                    + ", allowed is epochs with replay: which of the recorded epochs is replayed goes by their number");
        }
        if (kinds.stream().anyMatch(policy::hasProxy) && !run.budget.text().equals("epochs")) {
            throw new WrongUsage("--budget is " + run.budget.text()
                    + ", allowed is epochs with --losses proxy:MODEL: a run and its proxy are of equal length");
        }
        if (scoring.isGiven() && kinds.stream().noneMatch(policy::needsScores)) {
            throw new WrongUsage("--score-members and --score-epochs are of no use: no scores are to be computed");
        }
        if (kinds.stream().anyMatch(policy::needsScores)) {
            scoring.check(training);
        }
        if (policy.rule == Policy.Rule.PERCENTILE) {
            WrongUsage.unless(
                    training.batchSize <= Policy.DEFAULT_HISTORY,
                    "--batch-size",
                    training.batchSize,
                    "[1, " + Policy.DEFAULT_HISTORY + "] with --rule percentile, the length of its history");
        }
        run.check();
        if (run.init != null && training.models.stream().anyMatch(model -> model.file() != null)) {
            throw new WrongUsage("--init is of no use to --model FILE.pt, which holds its own parameters");
        }
        output.check();
        ports.check();
        trainers.check();
    }

    /**
     * A run that is to be ordered.
     *
     * @param records whether the replays that follow go by its masks
     */
    record Job(Kind kind, TrainingOptions.Variant variant, boolean records) {}

    /**
     * The runs in order, baseline first, replay last. A replay of no run that was named has one recorded: the first variant under
     * selective; the others replay it.
     *
     * @param of the run that replays go by; null = none was named
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

    /** A run that was ordered, and what is still to be told of it. */
    private record Ordered(
            Job job, RunFollower run, @Nullable Scores scores) {}

    /** As many runs at once as there are trainers; their ends are told in the order of the policies. */
    private void trainAll(LocalSystem system, List<Job> jobs, List<ObjectNode> done) {
        Scores scores = null;
        String recorded = policy.of == null ? null : whole(system, policy.of, 0);
        Deque<Ordered> going = new ArrayDeque<>();
        boolean several = jobs.size() > 1;
        for (Job job : jobs) {
            Kind kind = job.kind();
            while (kind == Kind.REPLAY && recorded == null && !going.isEmpty()) {
                recorded = finishOrRecord(system, going.remove(), done, several);
            }
            if (policy.goesByScoreSet(kind) && scores == null) {
                scores = scores(system);
            }
            going.add(order(system, job, policy.goesByScoreSet(kind) ? scores : null, recorded));
            if (going.size() == sideBySide) {
                String record = finishOrRecord(system, going.remove(), done, several);
                recorded = record == null ? recorded : record;
            }
        }
        while (!going.isEmpty()) {
            finish(system, going.remove(), done, several);
        }
    }

    /** Which record the replays go by, if it is that of this run; else null. */
    private @Nullable String finishOrRecord(
            LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        ObjectNode finished = finish(system, ordered, done, several);
        return ordered.job().records() ? whole(system, finished.path("runId").asText(), MOST_WAITS) : null;
    }

    /**
     * RUN@CHECKSUM of a record that is whole.
     *
     * @param waits of 300 ms at most: one of a run that has just ended may be a moment behind it
     */
    static String whole(LocalSystem system, String of, int waits) {
        String id = of.replaceFirst("@.*", "");
        for (int waited = 0; ; waited++) {
            JsonNode record = Records.of(system.selector, id);
            if (record.path("whole").asBoolean()) {
                return of.equals(id) ? id + "@" + record.path("checksum").asText() : of;
            }
            boolean ended = record.path("ended").asText("completed").equals("completed");
            if (waited == waits || !ended) {
                throw new UserError(record.path("missing").asText("the masks of run " + id + " are not recorded"));
            }
            LocalSystem.pause(300);
        }
    }

    private ObjectNode finish(LocalSystem system, Ordered ordered, List<ObjectNode> done, boolean several) {
        String told = done.isEmpty() ? "" : DietReport.of(done.get(done.size() - 1));
        ObjectNode finished = Summaries.summary(ordered.run().follow(), ordered.scores())
                .put("learningRate", ordered.job().variant().learningRate());
        done.add(finished);
        output.write(done, several);
        String report = DietReport.of(finished);
        System.out.print(report.isEmpty() || !report.equals(told) ? report : "The diet kept the same examples.\n");
        String name = ordered.job().kind()
                + (training.variants().size() == 1
                        ? ""
                        : "-" + ordered.job().variant().words());
        output.writeModel(system.trainer, finished.path("runId").asText(), name, several)
                .forEach(file -> System.out.println("Wrote " + file));
        return finished;
    }

    private Scores scores(LocalSystem system) {
        String named = policy.scoreSet;
        if (named == null) {
            return new ScoreFollower(system).compute(scoring.toJson(training));
        }
        return Scores.of(system.scorer.get("/score-sets/" + named));
    }

    private Ordered order(LocalSystem system, Job job, @Nullable Scores scores, @Nullable String recorded) {
        ObjectNode order = job.variant().of(training.toJson());
        run.addTo(order);
        ObjectNode asked = policy.toJson(job.kind(), scores == null ? null : scores.id());
        if (job.kind() == Kind.REPLAY) {
            asked.put("of", recorded);
        }
        order.set("policy", asked);
        return new Ordered(job, RunFollower.order(system, order), scores);
    }
}
