package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.broker.LocalBroker;

/** A broker and the three services, in the user's folder, which is taken for it. */
final class OwnSystem implements AutoCloseable {
    private static final Duration LEAVING = Duration.ofSeconds(45);

    private final Home home;
    private final Ports ports;
    private final TrainerCount trainers;
    private final HomeLock lock;
    private final String token;
    private final Processes processes;

    /** Takes the folder; starts nothing yet. */
    OwnSystem(Home home, Ports ports, TrainerCount trainers) {
        this.home = home.made();
        this.ports = ports;
        this.trainers = trainers;
        this.lock = HomeLock.take(home, ports);
        this.token = ports.access.tokenOrNew();
        this.processes = new Processes(home.kafka(), home.logs());
    }

    /** Starts the broker and, once it is ready, the services; waits until these are ready. */
    void start() {
        mustBeFree();
        processes.startBroker(ports.broker);
        start(
                "selector",
                ports.selector,
                ports.selectorManagement(),
                "-Xmx384m",
                "-Ddietsb.selector.trainer-url=http://127.0.0.1:" + ports.trainer);
        start("scorer", ports.scorer, ports.scorerManagement(), "-Xmx384m");
        startTrainers();
        processes.awaitReady();
    }

    private void start(String service, int port, int management, String... java) {
        List<String> options = new ArrayList<>(LocalBroker.FRUGAL);
        options.addAll(List.of(java));
        processes.start(Launch.service(service, port, management, options, processes.bootstrapServers())
                .with(token));
    }

    private void startTrainers() {
        // Who has this user's token may have read what this user may read.
        List<String> settings = new ArrayList<>(trainers.settings());
        settings.add("-Ddietsb.trainer.data-dirs=/");
        for (int i = 1; i <= trainers.trainers; i++) {
            int port = i == 1 ? ports.trainer : freePort();
            int management = i == 1 ? ports.trainerManagement() : freePort();
            Launch trainer = Launch.service("trainer", port, management, settings, processes.bootstrapServers())
                    .with(token);
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
        for (var one : ports.byOption().entrySet()) {
            if (!isFree(one.getValue())) {
                String service = one.getKey().substring(0, one.getKey().indexOf('-'));
                return Optional.of("port " + one.getValue() + " for the " + service
                        + " is in use: stop what uses it, or choose another with --" + one.getKey());
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
