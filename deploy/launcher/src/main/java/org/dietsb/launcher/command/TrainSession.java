package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.follow.Controls;
import org.dietsb.launcher.follow.Countdown;
import org.dietsb.launcher.follow.DietReport;
import org.dietsb.launcher.follow.Records;
import org.dietsb.launcher.follow.ResultTable;
import org.dietsb.launcher.follow.RunFollower;
import org.dietsb.launcher.follow.ScoreFollower;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.follow.Standing;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.jspecify.annotations.Nullable;

/** The runs of one call of train: orders them, follows them in their order, and shows their results. */
final class TrainSession {
    private final LocalSystem system;
    private final TrainCommand options;
    private final List<ObjectNode> done = new CopyOnWriteArrayList<>();
    private final AtomicBoolean shown = new AtomicBoolean();
    private Countdown countdown = new Countdown(0, 0);

    /** Every run that was ordered. */
    private final List<String> ordered = new CopyOnWriteArrayList<>();

    TrainSession(LocalSystem system, TrainCommand options) {
        this.system = system;
        this.options = options;
    }

    /**
     * Trains all runs, and prints the results of those that finished, whatever happens.
     *
     * @param parallel maximum number of runs at a time
     * @param where options that name the system, to be repeated in the next command
     */
    void train(List<Sweep.Job> jobs, int parallel, String where) {
        // At Ctrl-C, after the runs that are not over were cancelled.
        system.beforeStop(() -> {
            if (system.isInterrupted()) {
                show();
                System.out.print(Standing.ofRuns(system, ordered));
                System.out.println(
                        "A run that was cancelled goes on from its last checkpoint: dietsb resume RUN" + where);
            }
        });
        try {
            trainAll(jobs, parallel);
        } finally {
            show();
        }
    }

    /** Prints the results once. */
    private void show() {
        if (!shown.getAndSet(true) && !done.isEmpty()) {
            System.out.print(System.lineSeparator() + ResultTable.of(done));
        }
        System.out.flush();
    }

    /** A run that was ordered and is not finished yet. */
    private record Ordered(
            Sweep.Job job,
            ObjectNode order,
            RunFollower run,
            @Nullable Scores scores) {}

    /** Trains as many runs at once as the trainers allow, and reports their ends in the order of the policies. */
    private void trainAll(List<Sweep.Job> jobs, int parallel) {
        Scores scores = null;
        String recorded = options.policy.of == null ? null : Records.complete(system, options.policy.of, need(), 0);
        Deque<Ordered> active = new ArrayDeque<>();
        boolean several = jobs.size() > 1;
        countdown = new Countdown(jobs.size(), System.nanoTime());
        for (Sweep.Job job : jobs) {
            PolicyKind kind = job.kind();
            while (kind == PolicyKind.REPLAY && recorded == null && !active.isEmpty()) {
                recorded = finishAndRecord(active.remove(), several);
            }
            if (options.policy.goesByScoreSet(kind) && scores == null) {
                scores = scores();
            }
            active.add(ordered(job, options.policy.goesByScoreSet(kind) ? scores : null, recorded));
            if (active.size() == parallel) {
                String record = finishAndRecord(active.remove(), several);
                recorded = record == null ? recorded : record;
            }
        }
        while (!active.isEmpty()) {
            finish(active.remove(), several);
        }
    }

    private Records.Need need() {
        return options.kinds.contains(PolicyKind.REPLAY) ? Records.Need.MASKS : Records.Need.COUNTS;
    }

    /** Finishes a run, and returns its record if the replays use it, else null. */
    private @Nullable String finishAndRecord(Ordered ordered, boolean several) {
        ObjectNode finished = finish(ordered, several);
        return ordered.job().records()
                ? Records.complete(system, finished.path("runId").asText(), Records.Need.MASKS, Records.MAX_POLLS)
                : null;
    }

    private ObjectNode finish(Ordered ordered, boolean several) {
        String before = done.isEmpty() ? "" : DietReport.of(done.get(done.size() - 1));
        System.out.print(countdown.next(words(ordered.job()), System.nanoTime()));
        ObjectNode finished = Summaries.summary(ordered.run().follow(), ordered.scores())
                .put("learningRate", ordered.job().variant().learningRate());
        done.add(finished);
        options.output.write(done, several);
        String report = DietReport.of(finished);
        System.out.print(report.isEmpty() || !report.equals(before) ? report : "The diet kept the same examples.\n");
        options.output
                .writeModel(system.trainer, finished.path("runId").asText(), words(ordered.job()), several)
                .forEach(file -> System.out.println("Wrote " + file));
        if (options.controls) {
            Controls.equalCost(ordered.order(), finished)
                    .ifPresent(order -> control(order, Controls.EQUAL_COST, finished));
            Controls.random(system, ordered.order(), finished)
                    .ifPresent(order -> control(order, Controls.RANDOM, finished));
        }
        return finished;
    }

    /** Names a run among those of this call, as a part of a file name too. */
    private String words(Sweep.Job job) {
        return job.kind()
                + (options.training.variants().size() == 1
                        ? ""
                        : "-" + job.variant().words());
    }

    private void control(ObjectNode order, String kind, ObjectNode method) {
        RunFollower follower = RunFollower.order(system, order);
        ordered.add(follower.id());
        System.out.println("Control of " + method.path("runId").asText() + ": " + kind);
        ObjectNode finished = Summaries.summary(follower.follow(), null);
        finished.set("learningRate", method.path("learningRate"));
        done.add(Controls.marked(finished, kind, method));
        options.output.write(done, true);
    }

    private Scores scores() {
        return options.policy.scoreSet == null
                ? new ScoreFollower(system).compute(options.scoring.toJson(options.training))
                : Scores.of(system.scorer.get("/score-sets/" + options.policy.scoreSet));
    }

    /** Orders the scores, or finds those that were named; a proxy needs scores that are there. */
    private ScoreFollower.Ordered scoring() {
        return options.policy.scoreSet == null && options.kinds.stream().noneMatch(options.policy::hasProxy)
                ? new ScoreFollower(system).order(options.scoring.toJson(options.training))
                : new ScoreFollower.Ordered(scores().id(), false);
    }

    private Ordered ordered(Sweep.Job job, @Nullable Scores scores, @Nullable String recorded) {
        ObjectNode order = json(job, scores == null ? null : scores.id(), recorded);
        RunFollower follower = RunFollower.order(system, order);
        ordered.add(follower.id());
        return new Ordered(job, order, follower, scores);
    }

    private ObjectNode json(Sweep.Job job, @Nullable String scoreSet, @Nullable String recorded) {
        ObjectNode order = job.variant().of(options.training.toJson());
        options.run.addTo(order);
        ObjectNode json = options.policy.toJson(job.kind(), scoreSet);
        if (job.kind().replays()) {
            json.put("of", recorded);
        }
        order.set("policy", json);
        return order;
    }

    /**
     * Orders all runs, which go on when this process ends. Scores that they need are ordered too, and the runs wait for them.
     *
     * @param where options that name the system, to be repeated in the next command
     */
    void order(List<Sweep.Job> jobs, String where) {
        String recorded = options.policy.of == null ? null : Records.complete(system, options.policy.of, need(), 0);
        boolean scored = jobs.stream().anyMatch(job -> options.policy.goesByScoreSet(job.kind()));
        ScoreFollower.Ordered scoring = scored ? scoring() : null;
        for (Sweep.Job job : jobs) {
            boolean diet = options.policy.goesByScoreSet(job.kind());
            ObjectNode order = json(job, diet && scoring != null ? scoring.id() : null, recorded);
            if (diet && scoring != null && scoring.isRunning()) {
                order.put(OrderField.WAIT_FOR_SCORES.label(), true);
            }
            System.out.println(
                    system.trainer.post("/runs", order).body().path("runId").asText());
        }
        System.err.println("dietsb: ordered; dietsb follow RUN" + where + " shows the progress of one, dietsb runs"
                + where + " that of all");
    }
}
