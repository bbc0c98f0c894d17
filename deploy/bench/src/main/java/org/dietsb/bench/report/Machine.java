package org.dietsb.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.dietsb.launcher.text.Format;

/** The machine that the figures were measured on. */
public final class Machine {
    private Machine() {}

    /** Describes this machine: processor, cores, memory, Java. */
    public static String words() {
        String processor = value(Path.of("/proc/cpuinfo"), "model name").orElse(System.getProperty("os.arch"));
        String memory = value(Path.of("/proc/meminfo"), "MemTotal")
                .map(size -> Format.text(", %.1f GiB", Long.parseLong(size.replace(" kB", "")) / (1024. * 1024)))
                .orElse("");
        return processor + ", " + Runtime.getRuntime().availableProcessors() + " cores" + memory + ", Java "
                + Runtime.version();
    }

    private static Optional<String> value(Path file, String key) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }
}
