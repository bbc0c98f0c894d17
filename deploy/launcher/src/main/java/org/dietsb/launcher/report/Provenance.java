package org.dietsb.launcher.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dietsb.launcher.text.Json;

/**
 * Where a result comes from. A value that is unknown is empty.
 *
 * @param commit of the sources, with a plus sign if they had changes that were not committed
 * @param date in UTC, to the minute
 * @param machine processor, number of cores, and operating system
 * @param versions of dietsb and Java
 */
public record Provenance(String commit, String date, String machine, String versions) {
    static final Provenance UNKNOWN = new Provenance("", "", "", "");

    private static final int GIT_SECONDS = 5;

    /** Returns that of a result that is made now, here. */
    public static Provenance here(String version) {
        return new Provenance(
                commitHere(), minute(), machineHere(), version + ", Java " + System.getProperty("java.version"));
    }

    /** Returns the same with the present time. */
    Provenance now() {
        return new Provenance(commit, minute(), machine, versions);
    }

    private static String minute() {
        return Instant.now().truncatedTo(ChronoUnit.MINUTES).toString().replace(":00Z", "Z");
    }

    static Provenance of(JsonNode stored) {
        return new Provenance(
                stored.path("commit").asText(),
                stored.path("date").asText(),
                stored.path("machine").asText(),
                stored.path("versions").asText());
    }

    ObjectNode toJson() {
        return Json.MAPPER.valueToTree(this);
    }

    private static String machineHere() {
        String processor = "";
        try {
            processor = Files.readString(Path.of("/proc/cpuinfo"))
                    .lines()
                    .filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.replaceFirst(".*:\\s*", ""))
                    .orElse("");
        } catch (IOException notLinux) {
            // Named by its architecture below.
        }
        return (processor.isEmpty() ? System.getProperty("os.arch") : processor) + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " "
                + System.getProperty("os.version");
    }

    /** Asks git; empty if there is none, or no repository. */
    private static String commitHere() {
        String root = System.getProperty("dietsb.root", "");
        String commit = git(root, "rev-parse", "--short=12", "HEAD");
        boolean changed =
                !commit.isEmpty() && !git(root, "status", "--porcelain", "-uno").isEmpty();
        return commit + (changed ? "+" : "");
    }

    private static String git(String root, String... arguments) {
        if (root.isEmpty()) {
            return "";
        }
        ProcessBuilder builder = new ProcessBuilder("git", "-C", root);
        builder.command().addAll(List.of(arguments));
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        try {
            Process git = builder.start();
            try (InputStream output = git.getInputStream()) {
                String said = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
                return git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0 ? said : "";
            } finally {
                git.destroy();
            }
        } catch (IOException none) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
