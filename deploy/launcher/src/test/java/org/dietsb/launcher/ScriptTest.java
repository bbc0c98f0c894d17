package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script deploy/dietsb, up to the start of Java. */
class ScriptTest {
    @TempDir
    Path folder = Path.of("");

    /** Runs a copy of the script, in a folder where nothing is to be built. */
    private String dietsb(Map<String, String> environment, String... arguments) throws IOException {
        Path script = folder.resolve("deploy/dietsb");
        if (!Files.exists(script)) {
            Files.createDirectories(folder.resolve("deploy/launcher/target"));
            Files.copy(Path.of(System.getProperty("dietsb.root"), "deploy", "dietsb"), script);
            for (String source : new String[] {"pom.xml", "a/pom.xml", "deploy/a/pom.xml", "deploy/topics.json"}) {
                Files.createDirectories(folder.resolve(source).getParent());
                Files.createFile(folder.resolve(source));
            }
            Files.createDirectories(folder.resolve("a-service/src/main"));
            Files.createDirectories(folder.resolve("deploy/a/src/main"));
            Files.createFile(folder.resolve("deploy/launcher/target/built"));
        }
        List<String> command = new ArrayList<>(List.of("bash", script.toString()));
        command.addAll(arguments.length == 0 ? List.of("runs") : List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.startsWith("LANG"));
        builder.environment().putAll(environment);
        return new String(builder.start().getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Test
    void namesAnUnusableJavaHome() throws IOException {
        assertThat(dietsb(Map.of("JAVA_HOME", "/no/such")))
                .isEqualTo(
                        "dietsb: JAVA_HOME is /no/such, which does not exist: set it to a JDK 17 or newer, or unset it");
        assertThat(dietsb(Map.of("JAVA_HOME", folder.toString())))
                .isEqualTo("dietsb: JAVA_HOME is " + folder
                        + ", which holds no bin/java: set it to a JDK 17 or newer, or" + " unset it");
    }

    @Test
    void startsJavaInALocaleThatKnowsEveryName() throws IOException {
        // Given: a program in place of Java, which tells its locale.
        Path java = folder.resolve("jdk/bin/java");
        Files.createDirectories(java.getParent());
        Files.writeString(java, "#!/bin/sh\nlocale charmap\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        String home = folder.resolve("jdk").toString();
        // Then: none, one that is not UTF-8, one that is not installed, one that is.
        assertThat(dietsb(Map.of("JAVA_HOME", home))).isEqualTo("UTF-8");
        assertThat(dietsb(Map.of("JAVA_HOME", home, "LANG", "POSIX"))).isEqualTo("UTF-8");
        assertThat(dietsb(Map.of("JAVA_HOME", home, "LANG", "xx_XX.UTF-8")).lines())
                .last()
                .isEqualTo("UTF-8");
        assertThat(dietsb(Map.of("JAVA_HOME", home, "LC_ALL", "C.UTF-8"))).isEqualTo("UTF-8");
    }

    @Test
    void buildsAgainWhenASourceWasDeleted() throws IOException {
        // Given: a build, and a Java without a compiler, which refuses to build
        Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\necho started\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Map<String, String> environment =
                Map.of("JAVA_HOME", folder.resolve("jdk").toString());
        dietsb(environment);
        Path source = Files.createFile(folder.resolve("a-service/src/main/run.html"));
        Path built = folder.resolve("deploy/launcher/target/built");
        FileTime time = FileTime.from(Instant.now().minusSeconds(60));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(file -> !file.equals(built)).toList()) {
                Files.setLastModifiedTime(file, time);
            }
        }
        assertThat(dietsb(environment)).isEqualTo("started");
        // When
        Files.setLastModifiedTime(built, FileTime.from(Instant.now().minusSeconds(30)));
        assertThat(dietsb(environment)).isEqualTo("started");
        Files.delete(source);
        // Then
        assertThat(dietsb(environment)).contains("a runtime without a compiler").doesNotContain("started");
    }

    @Test
    void printsHelpBeforeAnythingIsBuilt() throws IOException {
        // Given: a copy that was never built, and no Java to build it with
        Path root = Path.of(System.getProperty("dietsb.root"));
        assertThat(dietsb(Map.of("JAVA_HOME", "/no/such"))).contains("/no/such");
        Files.delete(folder.resolve("deploy/launcher/target/built"));
        Path help = Files.createDirectories(folder.resolve("deploy/launcher/src/main/help"));
        for (String page : List.of("dietsb", "version", "train", "completion")) {
            Files.copy(root.resolve("deploy/launcher/src/main/help/" + page + ".txt"), help.resolve(page + ".txt"));
        }
        // Then
        Map<String, String> pages = Map.of(
                "--help",
                "dietsb",
                "help",
                "dietsb",
                "--version",
                "version",
                "completion",
                "completion",
                "train --help",
                "train",
                "help train",
                "train");
        for (Map.Entry<String, String> page : pages.entrySet()) {
            assertThat(dietsb(Map.of("JAVA_HOME", "/no/such"), page.getKey().split(" ")))
                    .as(page.getKey())
                    .isEqualTo(Files.readString(help.resolve(page.getValue() + ".txt"))
                            .strip());
        }
        for (String other : List.of("runs", "trian --help", "../train --help")) {
            assertThat(dietsb(Map.of("JAVA_HOME", "/no/such"), other.split(" ")))
                    .as(other)
                    .contains("/no/such");
        }
    }
}
