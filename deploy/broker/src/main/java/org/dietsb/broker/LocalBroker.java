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
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link Broker} as a child process that ends when this object is closed. */
public final class LocalBroker implements AutoCloseable {
    /**
     * Options of java for a process that leaves cores and memory to a training: no long compilations and collections, and a heap
     * that begins small. By default it begins with a 64th of the machine's memory.
     */
    public static final List<String> FRUGAL = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xms32m");

    private static final int STOP_SECONDS = 30;
    private static final int TRIES = 1_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Process process;
    private final int port;
    private final Path log;
    private final @Nullable Path temporary;

    private LocalBroker(Process process, int port, Path log, @Nullable Path temporary) {
        this.process = process;
        this.port = port;
        this.log = log;
        this.temporary = temporary;
    }

    /** Starts a broker for a test, on a free port and in a temporary folder, and waits until it is ready. */
    public static LocalBroker start() {
        try {
            Path temporary = Files.createTempDirectory("dietsb-broker");
            return spawn(freePort(), temporary, temporary, null, null).awaitReady();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Starts a broker that keeps its data in this folder, and waits until it is ready. */
    public static LocalBroker start(int port, Path folder) {
        return spawn(port, folder).awaitReady();
    }

    /** Starts such a broker without waiting for it. */
    public static LocalBroker spawn(int port, Path folder) {
        return spawn(port, folder, null);
    }

    /** Starts such a broker with a file of Kafka's settings that take precedence, if any. */
    public static LocalBroker spawn(int port, Path folder, @Nullable Path settings) {
        return spawn(port, folder, settings, null);
    }

    /**
     * Starts such a broker, which admits one user alone if a login is given.
     *
     * @param login JAAS line of that user
     */
    public static LocalBroker spawn(int port, Path folder, @Nullable Path settings, @Nullable String login) {
        try {
            return spawn(port, folder, null, settings, login);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static LocalBroker spawn(
            int port, Path folder, @Nullable Path temporary, @Nullable Path settings, @Nullable String login)
            throws IOException {
        Files.createDirectories(folder);
        Path log = folder.resolve("broker.log");
        keepLast(log);
        // The shell shields the broker from the signals of the terminal: its parent stops it last.
        List<String> command = new ArrayList<>(List.of(
                "sh",
                "-c",
                "trap '' INT QUIT TERM HUP; exec \"$@\"",
                "broker",
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(FRUGAL);
        command.addAll(List.of(
                "-Xmx512m",
                "-D" + Broker.LOG + "=" + log,
                "-jar",
                jar().toString(),
                String.valueOf(port),
                String.valueOf(freePort()),
                folder.toString()));
        if (settings != null) {
            command.add(settings.toString());
        }
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().remove(Broker.LOGIN);
        if (login != null) {
            builder.environment().put(Broker.LOGIN, login);
        }
        return new LocalBroker(builder.start(), port, log, temporary);
    }

    /** Renames the log of the last process, if there is one, to NAME.1. */
    public static void keepLast(Path log) throws IOException {
        if (Files.exists(log)) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Waits until it accepts connections and has its topics. Closes it if it did not start.
     *
     * @throws UncheckedIOException with the reason in one line
     */
    public LocalBroker awaitReady() {
        String why = "it ended without output";
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(Broker.READY)) {
                    return this;
                }
                if (line.startsWith(Broker.FAILED)) {
                    why = line.substring(Broker.FAILED.length());
                }
            }
        } catch (IOException closed) {
            why = String.valueOf(closed.getMessage());
        }
        close();
        String reason = "the broker did not start: " + why + (temporary == null ? "; its log is " + log : "");
        throw new UncheckedIOException(reason, new IOException(reason));
    }

    /** Returns the jar of this class, or the one beside its classes. */
    private static Path jar() throws IOException {
        try {
            Path here = Path.of(LocalBroker.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            Path jar = Files.isDirectory(here) ? here.resolveSibling("broker.jar") : here;
            if (!Files.isRegularFile(jar) || !Files.isDirectory(jar.resolveSibling("lib"))) {
                throw new IOException(jar + " or lib beside it is missing: build deploy/broker with mvn package");
            }
            return jar;
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }

    /**
     * Returns a free port of this machine, a different one at each call. It is below the ports that Linux uses for connections,
     * so that no connection takes it before it is listened on.
     */
    public static int freePort() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_768);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IOException("no port between 10000 and 32767 is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Returns its log; that of the process before it is NAME.1. */
    public Path log() {
        return log;
    }

    /** Stops the broker, waits until it has ended, and deletes its temporary folder. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
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
