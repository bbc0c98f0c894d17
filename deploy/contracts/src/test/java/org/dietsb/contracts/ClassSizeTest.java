package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes of main code have at most 300 lines, in every module of the repository. */
class ClassSizeTest {
    private static final int MOST_LINES = 300;
    /** Number of lines that classes with a reason may have. */
    private static final int MOST_LINES_WITH_REASON = 400;

    private static final Path ROOT = Path.of("../..");

    /** The classes that may be longer, and why. */
    private static final Map<String, String> LONGER =
            Map.of("TrainingLoop", "the steps of training, in the order in which they happen, are read on one page");

    static List<Path> modules() throws IOException {
        List<Path> modules = new ArrayList<>();
        for (Path folder : List.of(ROOT, ROOT.resolve("deploy"))) {
            try (Stream<Path> inside = Files.list(folder)) {
                inside.filter(module -> Files.isDirectory(module.resolve("src/main/java")))
                        .forEach(modules::add);
            }
        }
        return modules;
    }

    @Test
    void modulesWithServicesAndSharedClassesAreFound() throws IOException {
        assertThat(modules())
                .extracting(module -> module.getFileName().toString())
                .contains("selector-service", "trainer-service", "scorer-service", "contracts", "kit", "launcher");
    }

    @ParameterizedTest
    @MethodSource("modules")
    void noClassIsLongerThanAReaderCanFollow(Path module) throws IOException {
        assertThat(tooLong(module))
                .as("split a class that does two jobs; name it in LONGER if it does one and is read as a whole")
                .isEmpty();
    }

    @Test
    void longerClassesAreNoticed(@TempDir Path module) throws IOException {
        Path sources = Files.createDirectories(module.resolve("src/main/java/org/dietsb/selector"));
        write(sources.resolve("Fits.java"), MOST_LINES);
        write(sources.resolve("Long.java"), MOST_LINES + 1);
        write(sources.resolve("TrainingLoop.java"), MOST_LINES_WITH_REASON + 1);
        // When
        List<String> found = tooLong(module);
        // Then
        assertThat(found)
                .containsExactly(
                        "Long.java has 301 lines, allowed are 300", "TrainingLoop.java has 401 lines, allowed are 400");
        write(sources.resolve("TrainingLoop.java"), MOST_LINES_WITH_REASON);
        assertThat(tooLong(module)).hasSize(1);
    }

    private static void write(Path file, int lines) throws IOException {
        Files.write(file, Collections.nCopies(lines, "// A line."));
    }

    private static List<String> tooLong(Path module) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
            for (Path file : files.filter(one -> one.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                String name = file.getFileName().toString();
                int allowed = LONGER.containsKey(name.replace(".java", "")) ? MOST_LINES_WITH_REASON : MOST_LINES;
                int lines = Files.readAllLines(file).size();
                if (lines > allowed) {
                    found.add(name + " has " + lines + " lines, allowed are " + allowed);
                }
            }
        }
        return found;
    }
}
