package org.dietsb.trainer.rest;

import org.dietsb.contracts.RefusedException;
import org.dietsb.trainer.run.DataFolders;
import org.dietsb.trainer.train.TrainingOrder;
import org.jspecify.annotations.Nullable;

/** Finds the files that orders name. */
interface OrderFiles {
    /**
     * Returns a file with its checksum.
     *
     * @throws IllegalArgumentException naming the field if orders may not name the file, or it does not exist
     */
    TrainingOrder.GivenFile given(String field, String path);

    /**
     * Returns if orders may name a folder as that of their dataset.
     *
     * @throws IllegalArgumentException naming what is allowed if they may not
     */
    void checkFolder(String path);

    /**
     * Returns a file that the order names; null if it names none. If the order names a checksum too, it must match.
     *
     * @throws IllegalArgumentException naming the field if orders may not name the file, or it is another one
     */
    default TrainingOrder.@Nullable GivenFile given(String field, @Nullable String path, @Nullable String checksum) {
        TrainingOrder.GivenFile file = path == null ? null : given(field, path);
        if (checksum != null && (file == null || !checksum.equals(file.checksum()))) {
            throw new RefusedException(
                    field + "Checksum",
                    "the checksum of " + field + " is "
                            + checksum.substring(0, Math.min(64, checksum.length())) + ", allowed is "
                            + (file == null
                                    ? "none without " + field
                                    : file.checksum() + ", the SHA-256 of " + file.path()));
        }
        return file;
    }

    /** Finds files beneath the folders that the trainer may read. */
    static OrderFiles beneath(DataFolders folders) {
        return new OrderFiles() {
            @Override
            public TrainingOrder.GivenFile given(String field, String path) {
                return folders.given(field, path);
            }

            @Override
            public void checkFolder(String path) {
                var unused = folders.checked(path);
            }
        };
    }
}
