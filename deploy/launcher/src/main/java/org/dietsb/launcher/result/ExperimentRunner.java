package org.dietsb.launcher.result;

import org.dietsb.launcher.follow.Records;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.summary.Scores;
import org.dietsb.launcher.summary.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.usage.UserError;

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
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.dietsb.launcher.experiment.Cell;
import org.dietsb.launcher.experiment.Experiment;
import org.dietsb.launcher.experiment.Method;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.result.Result;
import org.jspecify.annotations.Nullable;

/** Runs what an experiment lacks, and keeps what comes of it. A run is known by what it trains, so none is run twice. */
public final class ExperimentRunner {
    private static final Duration UNTIL_USAGE_IS_TOLD = Duration.ofSeconds(15);
    private static final List<String> LOST = List.of("FAILED", "CANCELLED");

    private final Experiment experiment;
    private final ReportFolder folder;
    private final LocalSystem system;
    private final int trainers;
    private final Map<String, String> states = new HashMap<>();
    private final Map<Scoring, String> scoreSets = new HashMap<>();
    private final long begun = System.nanoTime();
    private double passesDone;

    /**
     * On a system that is up.
     *
     * @param trainers of it, each of which takes one run at a time
     */
    public ExperimentRunner(Experiment experiment, ReportFolder folder, LocalSystem system, int trainers) {
        this.experiment = experiment;
        this.folder = folder;
        this.system = system;
        this.trainers = trainers;
        for (JsonNode run : system.trainer.get("/runs")) {
            states.put(run.path("runId").asText(), run.path("state").asText());
        }
    }

    /** Every run that there must be, as far as it is known by now. */
    public static List<Wanted> wanted(Experiment experiment, ReportFolder folder) {
        return experiment.runs(cell -> measured(experiment, folder, cell));
    }

    /** Passes an epoch of a cell whose cost only its runs can tell; not before all of them are there. */
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

    /** Runs all that is missing. */
    public void run() {
        for (Scoring scoring : experiment.scorings()) {
            if (!folder.has(scoring)) {
                score(scoring);
            }
        }
        // Controls last: an experiment that is interrupted has what it is about. Some are known only when what they
        // control is measured, as replays wait for what is to be recorded.
        for (List<Wanted> missing = missing(); !missing.isEmpty(); missing = missing()) {
            List<Wanted> ready = missing.stream()
                    .filter(run -> run.replayed() == null || folder.has(run.replayed()))
                    .toList();
            List<Wanted> methods =
                    ready.stream().filter(run -> run.cell().passes() == null).toList();
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
        List<Wanted> whole = wanted(experiment, folder);
        int all = whole.size();
        int done = (int) whole.stream().filter(folder::has).count();
        double toDo = missing.stream().mapToDouble(ExperimentRunner::passes).sum();
        Deque<Ordered> going = new ArrayDeque<>();
        // Of each seed those that need several trainers last: until these are free, others stand idle.
        Deque<Wanted> waiting = new ArrayDeque<>();
        missing.stream()
                .collect(Collectors.groupingBy(Wanted::seed, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(ofSeed -> ofSeed.stream()
                        .sorted(Comparator.comparingInt(ExperimentRunner::takes))
                        .forEach(waiting::add));
        int free = trainers;
        while (!waiting.isEmpty() || !going.isEmpty()) {
            while (!waiting.isEmpty() && takes(waiting.element()) <= free) {
                free -= takes(waiting.element());
                going.add(order(waiting.remove()));
            }
            Ordered first = going.remove();
            free += takes(first.run);
            done++;
            System.out.println("Run " + done + " of " + all + ": " + first.run.title() + left(toDo - passesDone));
            finish(first);
        }
    }

    /** Trainers that it takes: one, and one for its proxy. */
    private static int takes(Wanted run) {
        return run.cell().variation().hasProxy() ? 2 : 1;
    }

    /** Passes over the training set that it is expected to cost. */
    public static double passes(Wanted run) {
        Cell cell = run.cell();
        Double budget = cell.passes();
        return budget != null
                ? budget
                : cell.passesPerEpoch().orElse(1) * cell.setting().epochs();
    }

    private String left(double passes) {
        if (passesDone == 0) {
            return "";
        }
        double minutes = (System.nanoTime() - begun) / 60e9 / passesDone * passes;
        return String.format(Locale.ROOT, " (about %.0f min left)", Math.max(1, minutes));
    }

    /** Orders a run; or joins the one of the same content that another command has ordered. */
    private Ordered order(Wanted run) {
        Scoring scoring = run.scoring();
        Wanted replayed = run.replayed();
        ObjectNode order = run.order(
                scoring == null ? null : scoreSet(scoring),
                replayed == null ? null : Records.complete(system, folder.runId(replayed), Records.MAX_POLLS));
        int batchSize = order.path("batchSize").asInt();
        String id = run.key();
        for (int attempt = 2; LOST.contains(states.getOrDefault(id, "")); attempt++) {
            id = run.key() + "-" + attempt;
        }
        order.put("id", id);
        return new Ordered(
                run,
                order,
                states.containsKey(id) ? RunFollower.of(system, id, batchSize) : RunFollower.order(system, order));
    }

    private void finish(Ordered ordered) {
        ObjectNode result = ordered.follower.follow();
        String id = result.path("runId").asText();
        result.set("order", ordered.order);
        result.put("device", device());
        result.put("sideBySide", trainers);
        result.put("testExamples", testExamples(ordered.run.cell().setting().dataset()));
        if (ordered.run.cell().method() == Method.SELECTIVE) {
            JsonNode times = times(id, Math.round(Summaries.sum(result, "selected")));
            if (times == null) {
                System.out.println("Nothing complete is told of how often " + id + " selected each example");
            } else {
                result.set("times", times);
            }
        }
        folder.keep(ordered.run, result);
        passesDone += passes(ordered.run);
    }

    /** How often its masks selected each example; it is told a moment after the run's end. */
    private @Nullable JsonNode times(String id, long selected) {
        long deadline = System.nanoTime() + UNTIL_USAGE_IS_TOLD.toNanos();
        do {
            try {
                JsonNode times =
                        system.selector.get("/runs/" + id + "/usage/times").path("times");
                long sum = 0;
                for (JsonNode one : times) {
                    sum += one.asLong();
                }
                if (sum == selected) {
                    return times;
                }
            } catch (UserError notYet) {
                system.mustBeAlive();
            }
            LocalSystem.pause(200);
        } while (System.nanoTime() < deadline);
        return null;
    }

    /** What the trainer says that it computes on. */
    private String device() {
        try {
            for (JsonNode check : Rest.JSON
                    .readTree(system.trainer.managed("/q/health/ready"))
                    .path("checks")) {
                if (check.path("data").has("device")) {
                    return check.path("data").path("device").asText();
                }
            }
            return "";
        } catch (IOException | UserError unknown) {
            return "";
        }
    }

    private int testExamples(String dataset) {
        for (JsonNode card : system.trainer.get("/datasets")) {
            if (card.path("name").asText().equals(dataset)) {
                return card.path("testExamples").asInt();
            }
        }
        return 0;
    }

    /** Id of the score set in this system: found there, or computed anew. */
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

    /** Fetches these training images, as far as the trainer has that data. */
    public void fetchImages(String dataset, int limit, String fingerprint, Iterable<Integer> indices) {
        for (int index : indices) {
            if (folder.hasImage(fingerprint, index)) {
                continue;
            }
            try {
                folder.keepImage(
                        fingerprint,
                        index,
                        system.trainer.bytes("/datasets/" + dataset + "/examples/" + index + ".png?fingerprint="
                                + fingerprint + "&limit=" + limit));
            } catch (UserError none) {
                folder.keepNoImage(fingerprint, index, String.valueOf(none.getMessage()));
            }
        }
    }
}
