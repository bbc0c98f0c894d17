package org.dietsb.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link Broker} as a child process, ready when this object is there and gone when it is closed. */
public final class LocalBroker implements AutoCloseable {
    private final Process process;
    private final int port;
    private final @Nullable Path temporary;

    private LocalBroker(Process process, int port, @Nullable Path temporary) {
        this.process = process;
        this.port = port;
        this.temporary = temporary;
    }

    /** A broker of a test: any free port, a temporary folder. */
    public static LocalBroker start() {
        try {
            Path temporary = Files.createTempDirectory("dietsb-broker");
            return start(freePort(), temporary, temporary);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A broker that keeps what it is given, in this folder. */
    public static LocalBroker start(int port, Path folder) {
        try {
            return start(port, folder, null);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static LocalBroker start(int port, Path folder, @Nullable Path temporary) throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("broker.log");
        // The shell ignores the terminal's Ctrl-C for the broker: whoever started it stops it last.
        Process process = new ProcessBuilder(List.of(
                        "sh",
                        "-c",
                        "trap '' INT; exec \"$@\"",
                        "broker",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-jar",
                        jar().toString(),
                        String.valueOf(port),
                        String.valueOf(freePort()),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        LocalBroker broker = new LocalBroker(process, port, temporary);
        BufferedReader says =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = says.readLine(); line != null; line = says.readLine()) {
            if (line.equals(Broker.READY)) {
                return broker;
            }
        }
        String why = Files.readString(log);
        broker.close();
        throw new IOException("the broker did not start: " + why.substring(Math.max(0, why.length() - 2000)));
    }

    /** The jar beside this class, wherever this class was loaded from. */
    private static Path jar() throws IOException {
        try {
            Path here = Path.of(LocalBroker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path jar = Files.isDirectory(here) ? here.resolveSibling("broker.jar") : here;
            if (!Files.isRegularFile(jar) || !Files.isDirectory(jar.resolveSibling("lib"))) {
                throw new IOException(jar + " and lib beside it are not there: build deploy/broker with mvn package");
            }
            return jar;
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public long pid() {
        return process.pid();
    }

    /** Asks the broker to stop, waits until it has, and deletes a temporary folder. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            if (temporary != null) {
                try (Stream<Path> files = Files.walk(temporary)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
