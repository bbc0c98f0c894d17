package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/** A system started by {@code dietsb up} on free ports in a temporary folder, removed when it is closed. */
final class RunningSystem implements AutoCloseable {
    private final Launched launched;
    private final Path home;
    private final List<String> ports;
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

    /** Starts the command as a person types it: the folder says on which ports the system is. */
    Launched commandWithoutPorts(String... arguments) {
        return Launched.start(home, List.of(), arguments);
    }

    /** Starts another command on a terminal of this width. */
    OnTerminal terminal(int columns, Map<String, String> environment, String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(ports);
        return OnTerminal.start(columns, environment, home, line);
    }

    /** Returns the settings of a Kafka client of this user. */
    Map<String, Object> kafka() {
        Properties login = read(home.resolve("kafka.properties"));
        Map<String, Object> client = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:" + ports.get(1)));
        login.stringPropertyNames().forEach(name -> client.put(name, login.getProperty(name)));
        return client;
    }

    /** Returns the address of the broker's controller. */
    String controller() {
        return read(home.resolve("kafka").resolve("server.properties"))
                .getProperty("controller.quorum.voters")
                .replace("1@", "");
    }

    private static Properties read(Path file) {
        Properties properties = new Properties();
        try (var in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        return properties;
    }

    /** Kills the process of a service; the system is expected to start another. */
    void kill(String word) {
        assertThat(launched.child(word).destroyForcibly()).isTrue();
    }

    /** Returns what the system printed so far. */
    String output() {
        return launched.output();
    }

    Path home() {
        return home;
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
