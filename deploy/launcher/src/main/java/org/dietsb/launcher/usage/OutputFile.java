package org.dietsb.launcher.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** A file for results: refused before the work if it could not be written after it. */
public final class OutputFile {
    private OutputFile() {}

    /** Refuses the file of an option if it could not be written; null is none. */
    public static void check(String option, @Nullable Path file) {
        if (file == null) {
            return;
        }
        Path folder = file.toAbsolutePath().resolveSibling("");
        WrongUsage.unless(Files.isDirectory(folder), option, file, "a file in a folder that is there");
        WrongUsage.unless(!Files.isDirectory(file), option, file, "a file, no folder");
        WrongUsage.unless(Files.isWritable(folder), option, file, "a file in a folder that can be written to");
    }

    /** Writes a file whole or not at all. */
    public static void write(Path file, byte[] content) {
        Path absolute = file.toAbsolutePath();
        Path unfinished = absolute.resolveSibling("." + absolute.getFileName() + ".part");
        try {
            Files.write(unfinished, content);
            Files.move(unfinished, absolute, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new UserError("cannot write " + file + ": " + failed.getMessage());
        }
    }
}
