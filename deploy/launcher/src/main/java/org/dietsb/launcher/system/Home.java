package org.dietsb.launcher.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.launcher.text.UserError;

/** The folder for all persistent data. */
public record Home(Path folder) {

    /** Returns DIETSB_HOME, or .dietsb in the user's home. */
    public static Home ofUser() {
        String named = System.getenv("DIETSB_HOME");
        return new Home(
                named == null || named.isBlank()
                        ? Path.of(System.getProperty("user.home"), ".dietsb")
                        : Path.of(named).toAbsolutePath().normalize());
    }

    Home made() {
        try {
            Files.createDirectories(folder);
            Files.createDirectories(logs());
            Files.createDirectories(unfinished());
        } catch (IOException failed) {
            throw new UserError(
                    "DIETSB_HOME is " + folder + ", where no folder can be created: " + failed.getMessage());
        }
        if (!Files.isWritable(folder)) {
            throw new UserError("DIETSB_HOME is " + folder + ", which is not writable");
        }
        return this;
    }

    Path kafka() {
        return folder.resolve("kafka");
    }

    public Path logs() {
        return folder.resolve("logs");
    }

    private Path unfinished() {
        return folder.resolve("unfinished");
    }

    /** Records a run until it ends. If this process is killed, the next one cancels the run. */
    void remember(String runId) {
        UserError.onFailure(
                "cannot write to " + unfinished(),
                () -> Files.writeString(unfinished().resolve(runId), ""));
    }

    void forget(String runId) {
        UserError.onFailure(
                "cannot write to " + unfinished(),
                () -> Files.deleteIfExists(unfinished().resolve(runId)));
    }

    /** Returns the runs of a process that was killed. */
    List<String> leftBehind() {
        return UserError.onFailure("cannot read " + unfinished(), () -> {
            try (Stream<Path> files = Files.list(unfinished())) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            }
        });
    }
}
