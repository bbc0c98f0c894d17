package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The folder for everything that lasts. */
public record Home(Path folder) {

    /** DIETSB_HOME, or .dietsb in the user's home. */
    public static Home ofUser() {
        String named = System.getenv("DIETSB_HOME");
        return new Home(
                named == null || named.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".dietsb")
                        : Path.of(named).toAbsolutePath().normalize());
    }

    /** Makes it, if it is not there. */
    public Home made() {
        try {
            Files.createDirectories(folder);
            Files.createDirectories(logs());
            Files.createDirectories(unfinished());
        } catch (IOException failed) {
            throw new UserError("DIETSB_HOME is " + folder + ", where no folder can be made: " + failed.getMessage());
        }
        if (!Files.isWritable(folder)) {
            throw new UserError("DIETSB_HOME is " + folder + ", which is not writable");
        }
        return this;
    }

    public Path kafka() {
        return folder.resolve("kafka");
    }

    public Path logs() {
        return folder.resolve("logs");
    }

    private Path unfinished() {
        return folder.resolve("unfinished");
    }

    /** Remembers a run until it is over: if this process is killed, the next one cancels it. */
    void remember(String runId) {
        try {
            Files.writeString(unfinished().resolve(runId), "");
        } catch (IOException failed) {
            throw new UserError("cannot write to " + unfinished() + ": " + failed.getMessage());
        }
    }

    public void forget(String runId) {
        try {
            Files.deleteIfExists(unfinished().resolve(runId));
        } catch (IOException failed) {
            throw new UserError("cannot write to " + unfinished() + ": " + failed.getMessage());
        }
    }

    /** Runs of a process that was killed. */
    List<String> leftBehind() {
        try (Stream<Path> files = Files.list(unfinished())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException failed) {
            throw new UserError("cannot read " + unfinished() + ": " + failed.getMessage());
        }
    }
}
