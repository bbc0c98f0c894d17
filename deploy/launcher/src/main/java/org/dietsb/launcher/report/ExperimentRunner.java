package org.dietsb.launcher.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.follow.Records;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.NextPage;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** Runs whatever an experiment lacks and stores the results. Runs are identified by what they train, so none runs twice. */
public final class ExperimentRunner {
    private static final Duration UNTIL_USAGE_IS_COMPLETE = Duration.ofSeconds(15);
    private static final List<String> LOST = List.of("FAILED", "CANCELLED");

    private final Experiment experiment;
    private final ReportFolder folder;
    private final LocalSystem system;
    private final int trainers;
    private final Provenance made;
    private final Map<String, String> states = new HashMap<>();
    private final Map<Scoring, String> scoreSets = new HashMap<>();
    private final long begun = System.nanoTime();
    private double passesDone;

    /**
     * Creates a runner for a running system.
     *
     * @param trainers number of trainers, each of which takes one run at a time
     * @param made where the results come from
     */
    public ExperimentRunner(
            Experiment experiment, ReportFolder folder, LocalSystem system, int trainers, Provenance made) {
        this.experiment = experiment;
        this.folder = folder;
        this.system = system;
        this.trainers = trainers;
        this.made = made;
        for (JsonNode run : NextPage.all(system.trainer, "/runs?limit=1000")) {
            states.put(run.path("runId").asText(), run.path("state").asText());
        }
    }

    /** Returns every run of the experiment that is known so far. */
    public static List<Wanted> wanted(Experiment experiment, ReportFolder folder) {
        return experiment.runs(cell -> measured(experiment, folder, cell));
    }

    /** Returns the passes per epoch of a cell whose cost only its runs can tell; empty until all of them are stored. */
    private static OptionalDouble measured(Experiment experiment, ReportFolder folder, Cell cell) {
        List<Result> results = experiment.runs(other -> OptionalDouble.empty()).stream()
                .filter(run -> run.cell().equals(cell))
                .map(run -> folder.read(run).orElse(null))
                .toList();
        return results.contains(null)
                ? OptionalDouble.empty()
                : results.stream()
                        .mapToDouble(result -> result.passes() / cell.setting().epochs())
                        .average();
    }

    public static boolean isComplete(Experiment experiment, ReportFolder folder) {
        return wanted(experiment, folder).stream().allMatch(folder::has)
                && experiment.scorings().stream().allMatch(folder::has);
    }

    public void run() {
        experiment.scorings().stream().filter(scoring -> !folder.has(scoring)).forEach(this::score);
        // Controls run last, so that an interrupted experiment has the results it is about. Some controls are known
        // only
        // when their methods are measured, and replays wait for the runs that they replay.
        for (List<Wanted> missing = missing(); !missing.isEmpty(); missing = missing()) {
            List<Wanted> ready = missing.stream()
                    .filter(run -> run.replayed() == null || folder.has(run.replayed()))
                    .toList();
            List<Wanted> methods =
                    ready.stream().filter(run -> !run.cell().isControl()).toList();
            runAll(methods.isEmpty() ? ready : methods);
        }
    }

    private List<Wanted> missing() {
        return wanted(experiment, folder).stream()
                .filter(run -> !folder.has(run))
                .toList();
    }

    private record Ordered(Wanted run, ObjectNode order, RunFollower follower) {}

    private void runAll(List<Wanted> missing) {
        List<Wanted> all = wanted(experiment, folder);
        long done = all.stream().filter(folder::has).count();
        double toDo = missing.stream().mapToDouble(ExperimentRunner::passes).sum();
        Deque<Ordered> active = new ArrayDeque<>();
        // Of each seed, runs that need several trainers go last, because trainers stand idle until enough are free.
        Deque<Wanted> waiting = new ArrayDeque<>();
        missing.stream()
                .collect(Collectors.groupingBy(Wanted::seed, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(ofSeed -> ofSeed.stream()
                        .sorted(Comparator.comparingInt(ExperimentRunner::trainersOf))
                        .forEach(waiting::add));
        int free = trainers;
        while (!waiting.isEmpty() || !active.isEmpty()) {
            while (!waiting.isEmpty() && trainersOf(waiting.element()) <= free) {
                free -= trainersOf(waiting.element());
                active.add(order(waiting.remove()));
            }
            Ordered first = active.remove();
            free += trainersOf(first.run);
            done++;
            System.out.println(
                    "Run " + done + " of " + all.size() + ": " + first.run.title() + remaining(toDo - passesDone));
            finish(first);
        }
    }

    /** Returns the number of trainers that a run needs: one, and one for its proxy. */
    private static int trainersOf(Wanted run) {
        return run.cell().variation().hasProxy() ? 2 : 1;
    }

    /** Returns the expected cost of a run in passes over the training set. */
    public static double passes(Wanted run) {
        Cell cell = run.cell();
        Double budget = cell.passes();
        return budget != null
                ? budget
                : cell.passesPerEpoch().orElse(1) * cell.setting().epochs();
    }

    private String remaining(double passes) {
        if (passesDone == 0) {
            return "";
        }
        double minutes = (System.nanoTime() - begun) / 60e9 / passesDone * passes;
        return Format.text(" (about %.0f min left)", Math.max(1, minutes));
    }

    /** Orders a run, or joins a run of the same content that another command has ordered. */
    private Ordered order(Wanted run) {
        Scoring scoring = run.scoring();
        Wanted replayed = run.replayed();
        ObjectNode order = run.order(
                scoring == null ? null : scoreSet(scoring),
                replayed == null ? null : record(run, folder.runId(replayed)));
        String id = run.key();
        for (int attempt = 2; isLost(id); attempt++) {
            id = run.key() + "-" + attempt;
        }
        // A run that trains whole batches, because their masks are late, is no result of its policy.
        order.put("id", id).put("onTimeout", "wait");
        return new Ordered(
                run,
                order,
                states.containsKey(id)
                        ? RunFollower.of(system, id, order.path("batchSize").asInt())
                        : RunFollower.order(system, order));
    }

    /** Returns whether a run of this system is over and no result. */
    private boolean isLost(String id) {
        String state = states.getOrDefault(id, "");
        return LOST.contains(state)
                || state.equals("COMPLETED")
                        && !Summaries.noEvidence(system.trainer.get("/runs/" + id))
                                .isEmpty();
    }

    private String record(Wanted run, String replayed) {
        try {
            return Records.complete(
                    system,
                    replayed,
                    run.cell().isControl() ? Records.Need.COUNTS : Records.Need.MASKS,
                    Records.MAX_POLLS);
        } catch (UserError missing) {
            throw new UserError(missing.getMessage() + "; " + run.title()
                    + " needs it: delete its result from runs in the folder of --out to have it trained again");
        }
    }

    private void finish(Ordered ordered) {
        Cell cell = ordered.run.cell();
        ObjectNode result = ordered.follower.follow();
        String id = result.path("runId").asText();
        result.set("order", ordered.order);
        result.put("device", device());
        result.put("sideBySide", trainers);
        result.set("made", made.now().toJson());
        result.put("testExamples", testExamples(cell.setting().dataset()));
        if (cell.method() == PolicyKind.SELECTIVE) {
            JsonNode times = times(id, Math.round(Summaries.sum(result, "selected")));
            if (times == null) {
                System.out.println("The counts of how often " + id + " selected each example are incomplete");
            } else {
                result.set("times", times);
            }
        }
        folder.keep(ordered.run, result);
        passesDone += passes(ordered.run);
    }

    /** Returns how often the masks selected each example; null if the counts stay incomplete after the end of the run. */
    private @Nullable JsonNode times(String id, long selected) {
        long deadline = System.nanoTime() + UNTIL_USAGE_IS_COMPLETE.toNanos();
        do {
            try {
                JsonNode times =
                        system.selector.get("/runs/" + id + "/usage/times").path("times");
                if (times.valueStream().mapToLong(JsonNode::asLong).sum() == selected) {
                    return times;
                }
            } catch (UserError notYet) {
                system.mustBeAlive();
            }
            LocalSystem.pause(200);
        } while (System.nanoTime() < deadline);
        return null;
    }

    /** Returns the device that the trainer reports; empty if unknown. */
    private String device() {
        try {
            JsonNode health = Json.MAPPER.readTree(system.trainer.managed("/q/health/ready"));
            return health.path("checks")
                    .valueStream()
                    .map(check -> check.at("/data/device").asText())
                    .filter(device -> !device.isEmpty())
                    .findFirst()
                    .orElse("");
        } catch (IOException | UserError unknown) {
            return "";
        }
    }

    private int testExamples(String dataset) {
        return system.trainer
                .get("/datasets")
                .valueStream()
                .filter(card -> card.path("name").asText().equals(dataset))
                .mapToInt(card -> card.path("testExamples").asInt())
                .findFirst()
                .orElse(0);
    }

    /** Returns the id of a score set in this system: found there, or computed. */
    private String scoreSet(Scoring scoring) {
        if (!scoreSets.containsKey(scoring)) {
            score(scoring);
        }
        return scoreSets.getOrDefault(scoring, "");
    }

    private void score(Scoring scoring) {
        System.out.println(scoring.title());
        Scores scores = new ScoreFollower(system).compute(scoring.request());
        scoreSets.put(scoring, scores.id());
        folder.keep(scoring, system.scorer.get("/score-sets/" + scores.id()));
    }
}
