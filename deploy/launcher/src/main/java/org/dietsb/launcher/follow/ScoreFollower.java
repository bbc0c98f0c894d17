package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.OwnRun;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.Work;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;

/** Orders a scoring and follows it until it ends. */
public final class ScoreFollower {
    private static final int ACCEPTED = 202;

    private final LocalSystem system;
    private final Map<String, Integer> shown = new HashMap<>();

    public ScoreFollower(LocalSystem system) {
        this.system = system;
    }

    /** Returns the scores of a request: computed now, or found if an equal request was made before. */
    public Scores compute(ObjectNode request) {
        Rest.Reply reply = system.scorer.post("/scorings", request);
        JsonNode scoring = reply.body();
        String id = scoring.path("id").asText();
        if (!isRunning(scoring)) {
            System.out.println("Score set " + id + " exists already");
        } else {
            System.out.println(Format.text(
                    "Scoring %s: %d models, %d epochs each",
                    id,
                    scoring.path("members").asInt(),
                    scoring.path("scoringEpochs").asInt()));
            scoring = follow(scoring, reply.status() == ACCEPTED);
        }
        if (!scoring.path("state").asText().equals("COMPLETED")) {
            throw new UserError("scoring failed: " + scoring.path("reason").asText());
        }
        return Scores.of(system.scorer.get("/score-sets/" + id));
    }

    /** A scoring that was ordered, or found. */
    public record Ordered(String id, boolean isRunning) {}

    /** Orders a scoring, or finds an equal one, and returns at once. */
    public Ordered order(ObjectNode request) {
        JsonNode scoring = system.scorer.post("/scorings", request).body();
        return new Ordered(scoring.path("id").asText(), isRunning(scoring));
    }

    private static boolean isRunning(JsonNode scoring) {
        return scoring.path("state").asText().equals("RUNNING");
    }

    private JsonNode follow(JsonNode first, boolean own) {
        // Cancelling the scoring comes first, so that it orders no more members.
        List<OwnRun> guards = Stream.concat(
                        first.path("memberRuns")
                                .valueStream()
                                .map(member ->
                                        Work.run(system, member.path("runId").asText())),
                        Stream.of(Work.scoring(system, first.path("id").asText())))
                .filter(work -> own)
                .map(work -> OwnRun.guarded(system, work))
                .toList();
        JsonNode scoring = first;
        try (Progress progress = new Progress("scoring")) {
            Runnable end = progress::close;
            system.beforeStop(end);
            while (isRunning(scoring)) {
                show(progress, scoring);
                LocalSystem.pause(300);
                String id = first.path("id").asText();
                scoring = system.poll(system.scorer, "/scorings/" + Rest.segment(id), "scoring " + id);
            }
            show(progress, scoring);
            system.forget(end);
        }
        guards.forEach(OwnRun::isOver);
        return scoring;
    }

    private void show(Progress progress, JsonNode scoring) {
        int members = scoring.path("members").asInt();
        int epochs = scoring.path("scoringEpochs").asInt();
        double done = 0;
        double perEpoch = 0;
        for (JsonNode member : scoring.path("memberRuns")) {
            int epochsDone = member.path("epochsDone").asInt();
            double batches = member.path("batches").asDouble();
            double started =
                    batches > 0 && epochsDone < epochs ? member.path("batch").asDouble() / batches : 0;
            done += Math.min(1, (epochsDone + started) / epochs);
            perEpoch = Math.max(perEpoch, batches);
            Integer before = shown.put(member.path("runId").asText(), epochsDone);
            if (epochsDone > 0 && (before == null || before != epochsDone)) {
                progress.line(Format.text(
                        "model %d of %d: epoch %d of %d done",
                        member.path("member").asInt() + 1, members, epochsDone, epochs));
            }
        }
        // The members train equally many batches.
        double all = members * epochs * perEpoch;
        progress.to(
                done / members,
                Format.text("%d of %d models", scoring.path("membersDone").asInt(), members)
                        + (all == 0 ? "" : Format.text(", batch %.0f of %.0f", done / members * all, all)));
    }
}
