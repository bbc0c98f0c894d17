package org.dietsb.launcher.follow;

import org.dietsb.launcher.summary.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.OwnRun;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.usage.UserError;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A run that this process ordered, followed to its end; whichever trainer has it, each can tell of it. */
public final class RunFollower {
    private final LocalSystem system;
    private final String id;
    private final int batchSize;
    private final OwnRun own;

    private RunFollower(LocalSystem system, String id, int batchSize) {
        this.system = system;
        this.id = id;
        this.batchSize = batchSize;
        this.own = new OwnRun(system, id).guarded();
    }

    /** Orders a run, and does not wait for it. */
    public static RunFollower order(LocalSystem system, ObjectNode order) {
        String id = system.trainer.post("/runs", order).body().path("runId").asText();
        return new RunFollower(system, id, order.path("batchSize").asInt());
    }

    /** A run that is there already. */
    public static RunFollower of(LocalSystem system, String id, int batchSize) {
        return new RunFollower(system, id, batchSize);
    }

    /** The run, completed. */
    public ObjectNode follow() {
        System.out.println("Run " + id);
        JsonNode run = follow("/runs/" + id);
        own.isOver();
        if (!run.path("state").asText().equals("COMPLETED")) {
            throw new UserError("run " + id + " is " + run.path("state").asText() + ": "
                    + run.path("reason").asText());
        }
        return (ObjectNode) withWholeProxy(run);
    }

    /** The run, told once more when its proxy, if it has one, is over too. */
    private JsonNode withWholeProxy(JsonNode over) {
        JsonNode run = over;
        while (OwnRun.isGoing(run.path("proxy").path("state").asText())) {
            LocalSystem.pause(300);
            run = system.poll(system.trainer, "/runs/" + id);
        }
        return run;
    }

    private JsonNode follow(String path) {
        int told = 0;
        String waited = "";
        try (Progress progress = new Progress("training")) {
            Runnable end = progress::close;
            system.beforeStop(end);
            while (true) {
                JsonNode run = system.poll(system.trainer, path);
                for (; told < run.path("epochs").size(); told++) {
                    progress.line(Summaries.line(run.path("epochs").get(told)));
                }
                boolean going = OwnRun.isGoing(run.path("state").asText());
                if (run.path("progress").path("epochs").asInt() > 0) {
                    progress.to(going ? share(run.path("progress")) : 1, Summaries.beside(run, batchSize));
                }
                String waits = run.path("state").asText().equals("QUEUED")
                        ? run.path("reason").asText()
                        : "";
                if (!waits.equals(waited)) {
                    waited = waits;
                    System.out.print(waits.isEmpty() ? "" : "Run " + id + " " + waits + System.lineSeparator());
                }
                if (!going) {
                    system.forget(end);
                    return run;
                }
                LocalSystem.pause(300);
            }
        }
    }

    /** Of its batches, how many are done, in [0, 1]. */
    private static double share(JsonNode at) {
        double ofEpoch =
                at.path("batch").asDouble() / Math.max(1, at.path("batches").asInt());
        return (at.path("epoch").asInt() - 1 + ofEpoch) / at.path("epochs").asInt();
    }
}
