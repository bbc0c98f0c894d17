package org.dietsb.trainer.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders of this machine that an order may name: those that are configured, and what is beneath them. */
final class DataFolders {
    private static final int LONGEST = 4_096;

    private final List<Path> allowed;

    DataFolders(TrainerConfig config) {
        List<Path> folders = new ArrayList<>(config.dataDirs());
        folders.add(config.home().resolve("datasets"));
        this.allowed = List.copyOf(folders);
    }

    /**
     * The folder, if it may be read. Links are followed: what is beneath a folder by its name alone is not.
     *
     * @throws IllegalArgumentException naming the folder and where it may be
     */
    Path checked(String dataDir) {
        if (dataDir.length() <= LONGEST && dataDir.indexOf('\0') < 0) {
            Path folder = Path.of(dataDir);
            boolean climbs = false;
            for (Path step : folder) {
                climbs |= step.toString().equals("..");
            }
            if (folder.isAbsolute() && !climbs && allowed.stream().anyMatch(over -> isBeneath(folder, over))) {
                return folder;
            }
        }
        throw new IllegalArgumentException("dataDir is "
                + dataDir.substring(0, Math.min(100, dataDir.length())).replace('\0', '?')
                + ", allowed is a folder of this trainer's dietsb.trainer.data-dirs, by its absolute path without ..");
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
