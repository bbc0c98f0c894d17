package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.OwnRun;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.Work;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** Follows a run until it ends. Any trainer can report on it. */
public final class RunFollower {
    private static final int POLL_MILLIS = 300;

    private final LocalSystem system;
    private final String id;
    private final int batchSize;
    private final @Nullable OwnRun own;

    private RunFollower(LocalSystem system, String id, int batchSize, @Nullable OwnRun own) {
        this.system = system;
        this.id = id;
        this.batchSize = batchSize;
        this.own = own;
    }

    /** Orders a run and does not wait for it. */
    public static RunFollower order(LocalSystem system, ObjectNode order) {
        String id = system.trainer.post("/runs", order).body().path("runId").asText();
        return of(system, id, order.path("batchSize").asInt());
    }

    /** Follows an existing run as if this process had ordered it: it is cancelled if the process ends before. */
    public static RunFollower of(LocalSystem system, String id, int batchSize) {
        return new RunFollower(system, id, batchSize, OwnRun.guarded(system, Work.run(system, id)));
    }

    /** Follows an existing run, which goes on if this process ends. */
    public static RunFollower watching(LocalSystem system, String id) {
        int batchSize = system.trainer
                .get("/runs/" + Rest.segment(id))
                .path("batchSize")
                .asInt();
        return new RunFollower(system, id, batchSize, null);
    }

    public String id() {
        return id;
    }

    /**
     * Shows the progress of the run until it ends, and returns it.
     *
     * @throws UserError if the run does not complete
     */
    public ObjectNode follow() {
        System.out.println("Run " + id);
        JsonNode run = untilEnd();
        if (own != null) {
            own.isOver();
        }
        if (!run.path("state").asText().equals("COMPLETED")) {
            throw new UserError("run " + id + " is " + run.path("state").asText() + ": "
                    + run.path("reason").asText());
        }
        // The figures of a proxy are final when the proxy is over too.
        while (Work.isGoing(run.path("proxy"))) {
            LocalSystem.pause(POLL_MILLIS);
            run = poll();
        }
        return (ObjectNode) run;
    }

    private JsonNode poll() {
        return system.poll(system.trainer, "/runs/" + Rest.segment(id), "run " + id);
    }

    private JsonNode untilEnd() {
        int shown = 0;
        int skipped = 0;
        String reason = "";
        try (Progress progress = new Progress("training")) {
            Runnable end = progress::close;
            system.beforeStop(end);
            while (true) {
                JsonNode run = poll();
                for (; shown < run.path("epochs").size(); shown++) {
                    progress.line(Summaries.line(run, run.path("epochs").get(shown)));
                }
                if (run.path("skippedPictures").asInt() != skipped) {
                    skipped = run.path("skippedPictures").asInt();
                    System.out.println(
                            skipped + " files that are no readable pictures are left out, see the trainer's log");
                }
                String state = run.path("state").asText();
                boolean going = Work.isGoing(run);
                if (run.at("/progress/epochs").asInt() > 0) {
                    progress.to(going ? share(run.path("progress")) : 1, Summaries.beside(run, batchSize));
                }
                String waits = state.equals("QUEUED") ? Summaries.waitsFor(run) : "";
                // An estimate that counts down is no news.
                String why = waits.replaceAll("\\d+", "");
                if (!why.equals(reason)) {
                    reason = why;
                    System.out.print(waits.isEmpty() ? "" : "Run " + id + " " + waits + System.lineSeparator());
                }
                if (!going) {
                    system.forget(end);
                    return run;
                }
                LocalSystem.pause(POLL_MILLIS);
            }
        }
    }

    /** Returns the completed share of all batches, in [0, 1]. */
    private static double share(JsonNode at) {
        double ofEpoch =
                at.path("batch").asDouble() / Math.max(1, at.path("batches").asInt());
        return (at.path("epoch").asInt() - 1 + ofEpoch) / at.path("epochs").asInt();
    }
}
