package org.dietsb.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A system started by {@code dietsb up} on free ports in a temporary folder, removed when it is closed. */
final class RunningSystem implements AutoCloseable {
    private final Launched launched;
    private final Path home;
    private final List<String> ports;
    final String bootstrapServers;
    final String trainer;
    final String selector;
    final String scorer;
    final String trainerManagement;
    final String selectorManagement;
    final String scorerManagement;

    private RunningSystem(Launched launched, Path home, List<String> ports) {
        this.launched = launched;
        this.home = home;
        this.ports = List.copyOf(ports);
        this.bootstrapServers = "127.0.0.1:" + ports.get(1);
        this.trainer = "http://127.0.0.1:" + ports.get(3);
        this.selector = "http://127.0.0.1:" + ports.get(5);
        this.scorer = "http://127.0.0.1:" + ports.get(7);
        this.trainerManagement = "http://127.0.0.1:" + ports.get(9);
        this.selectorManagement = "http://127.0.0.1:" + ports.get(11);
        this.scorerManagement = "http://127.0.0.1:" + ports.get(13);
    }

    /** Starts a system, and returns when its services are ready. */
    static RunningSystem start() throws IOException {
        return start(Files.createTempDirectory("dietsb-system"));
    }

    /** Starts a system on an existing home folder, which it owns from then on. */
    static RunningSystem start(Path home) {
        List<String> ports = Launched.freePorts();
        return new RunningSystem(Launched.start(home, ports, "up").says("Ctrl-C stops"), home, ports);
    }

    /** Starts another command, which uses this system. */
    Launched command(String... arguments) {
        return Launched.start(home, ports, arguments);
    }

    /** Returns the file with the token for write access. */
    Path tokenFile() {
        return home.resolve("token");
    }

    /** Ends the system by SIGTERM and deletes its folder. */
    @Override
    public void close() throws IOException, InterruptedException {
        launched.signal("TERM", false);
        var unused = launched.exitCode();
        launched.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
