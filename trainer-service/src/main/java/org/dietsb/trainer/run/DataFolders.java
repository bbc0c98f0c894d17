package org.dietsb.trainer.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.Sha256;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.train.TrainingOrder;

/** Checks the folders and files of this machine that an order names: they must be in a configured folder, or in its subfolders. */
public final class DataFolders {
    private static final int LONGEST = 4_096;
    private static final long MOST_BYTES = 1 << 30;

    private final List<Path> ofData;
    private final List<Path> ofFiles;

    public DataFolders(TrainerConfig config) {
        List<Path> folders = new ArrayList<>(config.dataDirs());
        folders.add(config.home().resolve("datasets"));
        this.ofData = List.copyOf(folders);
        folders.add(config.home().resolve("models"));
        this.ofFiles = List.copyOf(folders);
    }

    /**
     * Returns a folder if orders may name it. Links are followed: a link out of a configured folder is rejected.
     *
     * @throws IllegalArgumentException naming the folder and what is allowed
     */
    public Path checked(String dataDir) {
        return beneath(
                ofData,
                dataDir,
                "dataDir",
                "a folder of this trainer's dietsb.trainer.data-dirs, by its absolute path without ..");
    }

    /** Returns whether a link in a dataset may lead to a folder or file, given by its real path. */
    Predicate<Path> reach() {
        List<Path> open = ofData.stream().map(DataFolders::real).toList();
        return real -> open.stream().anyMatch(real::startsWith);
    }

    /**
     * Returns a file with its checksum if orders may name it.
     *
     * @throws IllegalArgumentException naming the field, the file and what is allowed
     */
    public TrainingOrder.GivenFile given(String field, String path) {
        Path file = beneath(
                ofFiles,
                path,
                field,
                "a file of this trainer's dietsb.trainer.data-dirs, or of its models, by its absolute path without ..");
        try {
            if (!Files.isRegularFile(file)) {
                throw new RefusedException(field, field + " is " + file + ", which is not an existing file");
            }
            if (Files.size(file) > MOST_BYTES) {
                throw new RefusedException(
                        field,
                        field + " is " + file + " of " + Files.size(file) + " bytes, allowed is at most " + MOST_BYTES);
            }
            return new TrainingOrder.GivenFile(file.toString(), Sha256.hex(file));
        } catch (IOException unreadable) {
            throw new RefusedException(field, field + " is " + file + ", which cannot be read");
        }
    }

    /**
     * Returns the file of an order, whose content must be the same as when it was ordered.
     *
     * @throws IllegalArgumentException naming the field and the file if it has changed
     */
    Path unchanged(String field, TrainingOrder.GivenFile ordered) {
        TrainingOrder.GivenFile now = given(field, ordered.path());
        if (!now.checksum().equals(ordered.checksum())) {
            throw new IllegalArgumentException(field + " is " + ordered.path() + ", whose SHA-256 is now "
                    + now.checksum() + "; ordered was " + ordered.checksum());
        }
        return Path.of(ordered.path());
    }

    private static Path beneath(List<Path> allowed, String path, String field, String what) {
        if (path.length() <= LONGEST && path.indexOf('\0') < 0) {
            Path named = Path.of(path);
            boolean climbs = false;
            for (Path step : named) {
                climbs |= step.toString().equals("..");
            }
            if (named.isAbsolute() && !climbs && allowed.stream().anyMatch(over -> isBeneath(named, over))) {
                return named;
            }
        }
        throw new RefusedException(
                field,
                field + " is " + path.substring(0, Math.min(100, path.length())).replace('\0', '?') + ", allowed is "
                        + what);
    }

    private static boolean isBeneath(Path folder, Path over) {
        return real(folder).startsWith(real(over));
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException notThere) {
            return folder.normalize();
        }
    }
}
