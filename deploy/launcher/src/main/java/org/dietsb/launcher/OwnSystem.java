package org.dietsb.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.broker.LocalBroker;

/** A broker and the three services, in the user's folder, which is taken for it. */
final class OwnSystem implements AutoCloseable {
    private static final Duration LEAVING = Duration.ofSeconds(45);

    private final Home home;
    private final Ports ports;
    private final TrainerCount trainers;
    private final HomeLock lock;
    private final Processes processes;

    /** Takes the folder; starts nothing yet. */
    OwnSystem(Home home, Ports ports, TrainerCount trainers) {
        this.home = home.made();
        this.ports = ports;
        this.trainers = trainers;
        this.lock = HomeLock.take(home, ports);
        this.processes = new Processes(home.kafka(), home.logs());
    }

    /** Starts the broker and, once it is ready, the services; waits until these are ready. */
    void start() {
        mustBeFree();
        processes.startBroker(ports.broker);
        start("selector", ports.selector, "-Xmx384m");
        start("scorer", ports.scorer, "-Xmx384m");
        startTrainers();
        processes.awaitReady();
    }

    private void start(String service, int port, String heap) {
        processes.start(Launch.service(service, port, List.of(heap), processes.bootstrapServers()));
    }

    private void startTrainers() {
        for (int i = 1; i <= trainers.trainers; i++) {
            Launch trainer = Launch.service(
                    "trainer", i == 1 ? ports.trainer : freePort(), trainers.settings(), processes.bootstrapServers());
            processes.start(i == 1 ? trainer : trainer.as("trainer-" + i));
        }
    }

    private static int freePort() {
        try {
            return LocalBroker.freePort();
        } catch (IOException none) {
            throw new UserError("no port is free for another trainer: " + none.getMessage());
        }
    }

    /** Fails, in one line, if a process of it ended by itself. */
    void mustBeAlive() {
        processes.mustBeAlive();
    }

    /** What a process that was killed had started ends by itself, soon: for that it waits. */
    private void mustBeFree() {
        long deadline = System.nanoTime() + (lock.lastWasKilled() ? LEAVING.toNanos() : 0);
        if (lock.lastWasKilled() && taken().isPresent()) {
            System.out.println("The last dietsb was killed; what it had started is ending");
        }
        while (taken().isPresent() && System.nanoTime() < deadline) {
            LocalSystem.pause(200);
        }
        taken().ifPresent(what -> {
            throw new UserError(what);
        });
    }

    /** What is in use by others, and what to do about it. */
    private Optional<String> taken() {
        Map<String, Integer> wanted = new LinkedHashMap<>();
        wanted.put("broker", ports.broker);
        wanted.put("trainer", ports.trainer);
        wanted.put("selector", ports.selector);
        wanted.put("scorer", ports.scorer);
        for (var one : wanted.entrySet()) {
            if (!isFree(one.getValue())) {
                return Optional.of("port " + one.getValue() + " for the " + one.getKey()
                        + " is in use: stop what uses it, or choose another with --" + one.getKey() + "-port");
            }
        }
        return isFree(home.kafka().resolve("log").resolve(".lock"))
                ? Optional.empty()
                : Optional.of(
                        home.kafka() + " is in use by another broker: stop it, or set DIETSB_HOME to another folder");
    }

    /** Whether no broker holds its lock. */
    private static boolean isFree(Path brokersLock) {
        if (!Files.isRegularFile(brokersLock)) {
            return true;
        }
        try (FileChannel file = FileChannel.open(brokersLock, StandardOpenOption.WRITE);
                FileLock lock = file.tryLock()) {
            return lock != null;
        } catch (IOException unreadable) {
            return true;
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    @Override
    public void close() {
        processes.close();
        lock.close();
    }
}
