package org.dietsb.images;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Podman with a storage of its own below target/, separate from the user's images and containers. */
final class Podman {
    private static final int PATIENCE_SECONDS = 300;

    private final Path folder = Images.folder().resolve("podman").toAbsolutePath();

    /** Returns whether podman and runc are installed and usable. */
    static boolean isHere() {
        return new Podman().tries("info") && onPath("runc");
    }

    private static boolean onPath(String command) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder, command))) {
                return true;
            }
        }
        return false;
    }

    private boolean tries(String... arguments) {
        try {
            run(arguments);
            return true;
        } catch (UncheckedIOException failed) {
            return false;
        }
    }

    /**
     * Runs a command to its end.
     *
     * @return its output
     * @throws UncheckedIOException with its error output if it fails
     */
    String run(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "podman",
                "--root",
                folder.resolve("root").toString(),
                "--runroot",
                folder.resolve("run").toString(),
                "--network-config-dir",
                folder.resolve("networks").toString()));
        command.addAll(List.of(arguments));
        try {
            Files.createDirectories(folder);
            Path printed = Files.createTempFile(folder, "printed", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(printed.toFile());
            builder.environment().put("CONTAINERS_CONF", configuration().toString());
            Process process = builder.start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String said = Files.readString(printed, StandardCharsets.UTF_8);
            Files.delete(printed);
            if (!ended || process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said);
            }
            return said.strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(stopped));
        }
    }

    private Path configuration() throws IOException {
        try (InputStream resource = Podman.class.getResourceAsStream("/containers.conf")) {
            Path file = folder.resolve("containers.conf");
            Files.write(file, Objects.requireNonNull(resource).readAllBytes());
            return file;
        }
    }
}
