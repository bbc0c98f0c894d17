package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The texts that deploy/dietsb prints before anything is built. With -Ddietsb.help=write they are written. */
class HelpFilesTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("dietsb.root"), "deploy", "launcher", "src", "main", "help");

    static Stream<String> pages() {
        // The benchmarks have a help of their own.
        return Stream.concat(
                Stream.of("dietsb", "version"),
                Dietsb.commandLine().getSubcommands().keySet().stream().filter(command -> !command.equals("bench")));
    }

    private static List<String> arguments(String page) {
        return switch (page) {
            case "dietsb" -> List.of("--help");
            case "version" -> List.of("--version");
            case "completion" -> List.of("completion");
            default -> List.of(page, "--help");
        };
    }

    @ParameterizedTest
    @MethodSource("pages")
    void areWhatTheCommandPrints(String page) throws IOException {
        // Given
        StringWriter says = new StringWriter();
        int exitCode = Dietsb.commandLine()
                .setOut(new PrintWriter(says))
                .execute(arguments(page).toArray(String[]::new));
        assertThat(exitCode).isZero();
        Path file = FOLDER.resolve(page + ".txt");
        if ("write".equals(System.getProperty("dietsb.help"))) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, says.toString());
        }
        // Then
        assertThat(file)
                .as("write it with mvn test -pl deploy/launcher -am -Dtest=HelpFilesTest -Ddietsb.help=write"
                        + " -Dsurefire.failIfNoSpecifiedTests=false")
                .hasContent(says.toString());
    }

    @Test
    void thereAreNoOthers() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrderElementsOf(
                            pages().map(page -> page + ".txt").collect(Collectors.toList()));
        }
    }
}
