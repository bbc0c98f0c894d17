package org.dietsb.launcher.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A service as a child process. The terminal's Ctrl-C does not reach it, so that it is stopped in its turn, and it ends by
 * itself when this process is gone: a shell between the two waits for the end of its standard input.
 */
final class Child {
    private static final String WRAPPER =
            """
            trap '' INT HUP
            exec 3<&0
            "$@" </dev/null 3<&- &
            child=$!
            { read -r end <&3; kill $child; } 2>/dev/null &
            watcher=$!
            exec 3<&-
            wait $child
            code=$?
            kill $watcher 2>/dev/null
            exit $code
            """;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static Child start(String name, List<String> command, Map<String, String> environment, Path log) {
        try {
            Files.createDirectories(log.getParent());
            List<String> wrapped = new ArrayList<>(List.of("sh", "-c", WRAPPER, name));
            wrapped.addAll(command);
            ProcessBuilder builder = new ProcessBuilder(wrapped)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            return new Child(name, builder.start(), log);
        } catch (IOException failed) {
            throw new Failure("cannot start the " + name + ": " + failed.getMessage(), failed);
        }
    }

    String name() {
        return name;
    }

    Path log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The last line of the log that says something. */
    String lastWords() {
        try {
            List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("\tat ") && !line.startsWith("\t... "))
                    .toList();
            return lines.isEmpty() ? "" : lines.get(lines.size() - 1).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** Asks it to stop and waits until it has. */
    void stop() {
        List<ProcessHandle> all = process.descendants().toList();
        try {
            process.getOutputStream().close();
            if (!process.waitFor(25, TimeUnit.SECONDS)) {
                all.forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (IOException | InterruptedException hurried) {
            all.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
