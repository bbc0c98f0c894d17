package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Says why a file or folder cannot be read or written: the messages of Java's exceptions are often its name alone. */
final class Reasons {
    private Reasons() {}

    static String of(IOException failed) {
        if (failed instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failed instanceof NoSuchFileException) {
            return "it does not exist, or is a link to nothing";
        }
        return failed instanceof NotDirectoryException ? "it is not a folder" : String.valueOf(failed.getMessage());
    }

    static DatasetException unreadable(Path file, IOException failed) {
        return new DatasetException("cannot read " + file + ": " + of(failed), failed);
    }

    static DatasetException unwritable(Path folder, IOException failed) {
        return isFull(failed)
                ? new DatasetException("no space left on " + folder, failed)
                : new DatasetException("cannot write to " + folder + ": " + of(failed), failed);
    }

    static boolean isFull(IOException failed) {
        String message = String.valueOf(failed.getMessage());
        return message.contains("No space left on device") || message.contains("quota exceeded");
    }

    /** Requires a folder that can be listed. */
    static void requireFolder(String field, Path folder) throws DatasetException {
        try (Stream<Path> entries = Files.list(folder)) {
            boolean unused = entries.findAny().isPresent();
            Object unusedTime = Files.getLastModifiedTime(folder.resolve("."));
        } catch (NotDirectoryException | NoSuchFileException none) {
            throw new DatasetException(field + " is " + folder + ", which is not a folder", none);
        } catch (IOException unreadable) {
            throw unreadable(folder, unreadable);
        }
    }
}
