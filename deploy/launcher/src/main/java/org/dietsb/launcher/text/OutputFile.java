package org.dietsb.launcher.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A file for results. Its option is rejected before the work if the file could not be written afterwards. */
public final class OutputFile {
    private OutputFile() {}

    /** Rejects the file of an option if it cannot be written; accepts null. */
    public static void check(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().resolveSibling("");
        WrongUsage.unless(Files.isDirectory(folder), option, file, "a file in an existing folder");
        WrongUsage.unless(!Files.isDirectory(file), option, file, "a file, not a folder");
        WrongUsage.unless(Files.isWritable(folder), option, file, "a file in a writable folder");
    }

    /** Writes a file completely or not at all. */
    public static void write(Path file, byte[] content) {
        Path absolute = file.toAbsolutePath();
        Path unfinished = absolute.resolveSibling("." + absolute.getFileName() + ".part");
        UserError.onFailure("cannot write " + file, () -> {
            Files.write(unfinished, content);
            return Files.move(unfinished, absolute, StandardCopyOption.REPLACE_EXISTING);
        });
    }
}
