package org.dietsb.launcher.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.follow.Scores;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.OutputFile;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;

/** The folder that holds the results of experiments, named by their content, and the report. */
public record ReportFolder(Path folder) {

    public ReportFolder made() {
        try {
            for (String part : new String[] {"runs", "scores", "images"}) {
                Files.createDirectories(folder.resolve(part));
            }
        } catch (IOException failed) {
            throw new WrongUsage("--out is " + folder + ", allowed is a folder that exists or can be created");
        }
        WrongUsage.unless(Files.isWritable(folder), "--out", folder, "a writable folder");
        return this;
    }

    public boolean has(Wanted run) {
        return Files.isRegularFile(file(run));
    }

    public boolean has(Scoring scoring) {
        return Files.isRegularFile(file(scoring));
    }

    private Path file(Wanted run) {
        return folder.resolve("runs").resolve(run.key() + ".json");
    }

    private Path file(Scoring scoring) {
        return folder.resolve("scores").resolve(scoring.key() + ".json");
    }

    void keep(Wanted run, JsonNode result) {
        OutputFile.write(file(run), Json.bytes(result));
    }

    void keep(Scoring scoring, JsonNode set) {
        OutputFile.write(file(scoring), Json.bytes(set));
    }

    public Optional<Result> read(Wanted run) {
        if (!has(run)) {
            return Optional.empty();
        }
        JsonNode stored = read(file(run));
        String noEvidence = Summaries.noEvidence(stored);
        if (!noEvidence.isEmpty()) {
            throw new UserError("run " + stored.path("runId").asText() + " shows nothing about its policy ("
                    + noEvidence + "): delete " + file(run) + ", and the report trains it again");
        }
        return Optional.of(Result.of(run, stored));
    }

    public Optional<ScoreSet> read(Scoring scoring) {
        return has(scoring) ? Optional.of(new ScoreSet(scoring, Scores.of(read(file(scoring))))) : Optional.empty();
    }

    private static JsonNode read(Path file) {
        return UserError.onFailure(
                "cannot read " + file + ", delete it to have it created again",
                () -> Json.MAPPER.readTree(file.toFile()));
    }

    String runId(Wanted run) {
        return read(file(run)).path("runId").asText();
    }

    /** Whether there is a training image, or a note why there is none. */
    boolean hasImage(String fingerprint, int index) {
        return Files.exists(image(fingerprint, index, "png")) || Files.exists(image(fingerprint, index, "txt"));
    }

    void keepImage(String fingerprint, int index, byte[] png) {
        OutputFile.write(image(fingerprint, index, "png"), png);
    }

    void keepNoImage(String fingerprint, int index, String reason) {
        OutputFile.write(image(fingerprint, index, "txt"), reason.getBytes(StandardCharsets.UTF_8));
    }

    public Optional<byte[]> image(String fingerprint, int index) {
        Path file = image(fingerprint, index, "png");
        return Files.exists(file)
                ? Optional.of(UserError.onFailure("cannot read " + file, () -> Files.readAllBytes(file)))
                : Optional.empty();
    }

    private Path image(String fingerprint, int index, String kind) {
        String dataset = fingerprint.substring(0, Math.min(12, fingerprint.length()));
        return folder.resolve("images").resolve(dataset + "-" + index + "." + kind);
    }

    public void write(String name, String content) {
        OutputFile.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }
}
