package org.dietsb.bench.beside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Build;
import org.dietsb.testbed.TemporarySystem;
import org.jspecify.annotations.Nullable;

/** Runs one round of a benchmark of any build, by that build's own command. */
final class OneRound extends TemporarySystem {
    private final List<String> benchmark;
    private volatile @Nullable Process running;

    /**
     * Runs nothing yet.
     *
     * @param benchmark its name and options
     */
    OneRound(List<String> benchmark) {
        super("dietsb-bench");
        this.benchmark = benchmark;
        closeAtExit();
    }

    /**
     * Returns the report as JSON.
     *
     * @throws UserError in one line, if the benchmark fails
     */
    Path of(Build build) throws InterruptedException {
        Path report = folder().resolve("report.json");
        Path output = folder().resolve("output");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddietsb.root=" + build.root(),
                "-jar",
                build.launcher().toString(),
                "bench"));
        command.addAll(benchmark);
        command.addAll(List.of("--rounds=1", "--json=" + report));
        try {
            Files.deleteIfExists(report);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            running = process;
            if (process.waitFor() != 0) {
                List<String> lines = Files.readAllLines(output);
                throw new UserError("the benchmark of " + build.root() + " failed: "
                        + (lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1)));
            }
            return report;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Ends the benchmark, which stops what it started. */
    @Override
    protected void stop() {
        Process process = running;
        if (process != null) {
            process.destroy();
            try {
                var unused = process.waitFor();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
