package org.dietsb.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The last lines of the logs of a system, for the message of a test that failed. */
final class RecentLogs {
    private static final int MOST_LINES = 30;
    private static final int MOST_CHARACTERS = 300;
    /** The date and the time with which a line begins. */
    private static final int STAMP = "2026-01-01 00:00:00,000".length();

    private RecentLogs() {}

    /** Returns the last lines of each log in this home folder; a line that repeats the one before it is left out. */
    static String of(Path home) {
        try (Stream<Path> files = Files.walk(home, 2)) {
            return files.filter(file -> file.toString().endsWith(".log") && Files.isRegularFile(file))
                    .sorted()
                    .map(RecentLogs::last)
                    .collect(Collectors.joining("\n"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String last(Path log) {
        List<String> lines = new ArrayList<>();
        String previous = "";
        for (String line : read(log)) {
            String text = line.substring(Math.min(STAMP, line.length()));
            if (!text.equals(previous)) {
                lines.add(line.substring(0, Math.min(MOST_CHARACTERS, line.length())));
            }
            previous = text;
        }
        return log.getFileName() + ":\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - MOST_LINES), lines.size()));
    }

    private static List<String> read(Path log) {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
