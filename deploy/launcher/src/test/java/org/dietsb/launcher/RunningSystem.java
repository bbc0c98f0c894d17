package org.dietsb.launcher;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What {@code dietsb up} starts, on free ports and in a temporary folder; gone when it is closed. */
final class RunningSystem implements AutoCloseable {
    private final Process process;
    private final Path home;
    final String bootstrapServers;
    final String trainer;
    final String selector;
    final String scorer;

    private RunningSystem(Process process, Path home, List<Integer> ports) {
        this.process = process;
        this.home = home;
        this.bootstrapServers = "127.0.0.1:" + ports.get(0);
        this.trainer = "http://127.0.0.1:" + ports.get(1);
        this.selector = "http://127.0.0.1:" + ports.get(2);
        this.scorer = "http://127.0.0.1:" + ports.get(3);
    }

    /** Returns when the services are ready. */
    static RunningSystem start() throws IOException {
        Path home = Files.createTempDirectory("dietsb-system");
        List<Integer> ports = freePorts(4);
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Ddietsb.root=" + System.getProperty("dietsb.root"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Dietsb.class.getName(),
                        "up",
                        "--broker-port=" + ports.get(0),
                        "--trainer-port=" + ports.get(1),
                        "--selector-port=" + ports.get(2),
                        "--scorer-port=" + ports.get(3))
                .redirectErrorStream(true);
        builder.environment().put("DIETSB_HOME", home.toString());
        RunningSystem system = new RunningSystem(builder.start(), home, ports);
        StringBuilder said = new StringBuilder();
        BufferedReader says =
                new BufferedReader(new InputStreamReader(system.process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = says.readLine(); line != null; line = says.readLine()) {
            said.append(line).append('\n');
            if (line.contains("Ctrl-C stops")) {
                return system;
            }
        }
        system.close();
        throw new IOException("dietsb up ended: " + said);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0);
            sockets.add(socket);
            ports.add(socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** What a service wrote to its log. */
    String log(String service) throws IOException {
        return Files.readString(home.resolve("logs").resolve(service + ".log"));
    }

    /** Ends it by SIGTERM, as Ctrl-C would by SIGINT, and deletes its folder. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
