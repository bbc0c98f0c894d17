package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Orders a scoring and follows it to its end. */
final class ScoreFollower {
    private final LocalSystem system;

    ScoreFollower(LocalSystem system) {
        this.system = system;
    }

    /** A finished score set and what it cost. */
    record Scores(String id, int members, int epochs, double seconds, long examples, float[] scores) {

        double mean() {
            double sum = 0;
            for (float score : scores) {
                sum += score;
            }
            return sum / scores.length;
        }

        ObjectNode toJson() {
            return Rest.JSON
                    .createObjectNode()
                    .put("members", members)
                    .put("epochs", epochs)
                    .put("seconds", seconds)
                    .put("examples", examples);
        }
    }

    Scores compute(TrainingOptions training) {
        ObjectNode request =
                training.toJson().put("members", training.scoreMembers).put("scoringEpochs", training.scoreEpochs);
        JsonNode scoring = system.scorer.post("/scorings", request);
        String id = scoring.path("id").asText();
        try (Progress progress = new Progress("scoring", 1000)) {
            while (scoring.path("state").asText().equals("RUNNING")) {
                show(progress, scoring);
                LocalSystem.pause(300);
                scoring = system.scorer.get("/scorings/" + id);
            }
        }
        if (!scoring.path("state").asText().equals("COMPLETED")) {
            throw new UserError("scoring failed: " + scoring.path("reason").asText());
        }
        JsonNode set = system.scorer.get("/score-sets/" + id);
        float[] scores = new float[set.path("scores").size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) set.path("scores").get(i).asDouble();
        }
        return new Scores(
                id,
                scoring.path("members").asInt(),
                scoring.path("scoringEpochs").asInt(),
                scoring.path("seconds").asDouble(),
                scoring.path("examples").asLong(),
                scores);
    }

    private static void show(Progress progress, JsonNode scoring) {
        double epochs = scoring.path("scoringEpochs").asDouble();
        double done = 0;
        for (JsonNode member : scoring.path("memberRuns")) {
            double here = member.path("epochsDone").asInt();
            int batches = member.path("batches").asInt();
            here += batches > 0 && here < epochs ? member.path("batch").asDouble() / batches * .99 : 0;
            done += Math.min(1, here / epochs);
        }
        progress.to(
                done / scoring.path("members").asDouble(),
                scoring.path("membersDone").asInt() + "/"
                        + scoring.path("members").asInt() + " members");
    }
}
