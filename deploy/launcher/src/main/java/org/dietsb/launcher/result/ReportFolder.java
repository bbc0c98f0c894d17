package org.dietsb.launcher.result;

import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.usage.OutputFile;
import org.dietsb.launcher.usage.UserError;
import org.dietsb.launcher.usage.WrongUsage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.experiment.Wanted;
import org.dietsb.launcher.result.Result;
import org.dietsb.launcher.result.ScoreSet;

/** Where the results of experiments are kept, by their content, and the report is written. */
public record ReportFolder(Path folder) {

    /** Makes it, if it is not there. */
    public ReportFolder made() {
        try {
            for (Path part : new Path[] {folder, runs(), scores(), images()}) {
                Files.createDirectories(part);
            }
        } catch (IOException failed) {
            throw new WrongUsage("--out is " + folder + ", allowed is a folder, or where one can be made");
        }
        WrongUsage.unless(Files.isWritable(folder), "--out", folder, "a folder that can be written to");
        return this;
    }

    private Path runs() {
        return folder.resolve("runs");
    }

    private Path scores() {
        return folder.resolve("scores");
    }

    private Path images() {
        return folder.resolve("images");
    }

    public boolean has(Wanted run) {
        return Files.isRegularFile(file(run));
    }

    public boolean has(Scoring scoring) {
        return Files.isRegularFile(file(scoring));
    }

    private Path file(Wanted run) {
        return runs().resolve(run.key() + ".json");
    }

    private Path file(Scoring scoring) {
        return scores().resolve(scoring.key() + ".json");
    }

    public void keep(Wanted run, JsonNode result) {
        write(file(run), result);
    }

    public void keep(Scoring scoring, JsonNode set) {
        write(file(scoring), set);
    }

    public Optional<Result> read(Wanted run) {
        return has(run) ? Optional.of(Result.of(run, read(file(run)))) : Optional.empty();
    }

    /** What the run was called. */
    public String runId(Wanted run) {
        return read(file(run)).path("runId").asText();
    }

    public Optional<ScoreSet> read(Scoring scoring) {
        return has(scoring) ? Optional.of(ScoreSet.of(scoring, read(file(scoring)))) : Optional.empty();
    }

    /** A training image, or in its place why there is none. */
    boolean hasImage(String fingerprint, int index) {
        return Files.exists(image(fingerprint, index, "png")) || Files.exists(image(fingerprint, index, "txt"));
    }

    void keepImage(String fingerprint, int index, byte[] png) {
        OutputFile.write(image(fingerprint, index, "png"), png);
    }

    void keepNoImage(String fingerprint, int index, String why) {
        OutputFile.write(image(fingerprint, index, "txt"), why.getBytes(StandardCharsets.UTF_8));
    }

    /** The image, if there is one. */
    public Optional<byte[]> image(String fingerprint, int index) {
        Path file = image(fingerprint, index, "png");
        try {
            return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException failed) {
            throw new UserError("cannot read " + file + ": " + failed.getMessage());
        }
    }

    private Path image(String fingerprint, int index, String kind) {
        return images().resolve(
                        fingerprint.substring(0, Math.min(12, fingerprint.length())) + "-" + index + "." + kind);
    }

    public void write(String name, String content) {
        OutputFile.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, JsonNode content) {
        try {
            OutputFile.write(file, Rest.JSON.writeValueAsBytes(content));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return Rest.JSON.readTree(file.toFile());
        } catch (IOException damaged) {
            throw new UserError("cannot read " + file + ", delete it to have it made anew: " + damaged.getMessage());
        }
    }
}
