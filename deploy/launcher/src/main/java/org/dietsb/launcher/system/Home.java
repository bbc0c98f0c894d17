package org.dietsb.launcher.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.launcher.text.UserError;

/** The folder for all persistent data. */
public record Home(Path folder) {
    static final long LEAST_SPACE = 64L << 20;

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
            throw UserError.of("DIETSB_HOME is " + folder + ", where no folder can be created", failed);
        }
        if (!Files.isWritable(folder)) {
            throw new UserError("DIETSB_HOME is " + folder + ", which is not writable");
        }
        mustHaveSpace(folder);
        return this;
    }

    /** Rejects a folder on a full disk: Kafka maps its files to memory, and would crash where they cannot grow. */
    static void mustHaveSpace(Path folder) {
        long free = UserError.onFailure(
                "cannot look at " + folder, () -> Files.getFileStore(folder).getUsableSpace());
        if (free < LEAST_SPACE) {
            throw new UserError("no space left on " + folder + ": " + (free >> 20) + " MiB are free, at least "
                    + (LEAST_SPACE >> 20) + " MiB are needed");
        }
    }

    /** Returns where a trainer of this home keeps the model of a run. */
    public Path model(String runId) {
        return folder.resolve("models").resolve(runId).resolve("model.safetensors");
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

    /** Records a run or a scoring until it ends. If this process is killed, the next one cancels it. */
    void remember(String name) {
        UserError.onFailure(
                "cannot write to " + unfinished(),
                () -> Files.writeString(unfinished().resolve(name), ""));
    }

    void forget(String name) {
        UserError.onFailure(
                "cannot write to " + unfinished(),
                () -> Files.deleteIfExists(unfinished().resolve(name)));
    }

    /** Returns the runs and scorings of a process that was killed. */
    List<String> leftBehind() {
        return UserError.onFailure("cannot read " + unfinished(), () -> {
            try (Stream<Path> files = Files.list(unfinished())) {
                return files.map(file -> file.getFileName().toString()).sorted().toList();
            }
        });
    }
}
