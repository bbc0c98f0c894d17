package org.dietsb.launcher.system;

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
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** A broker and the services of this process, in the user's home folder, which is locked meanwhile. */
final class OwnSystem implements AutoCloseable {
    private static final Duration UNTIL_OTHERS_END = Duration.ofSeconds(45);

    private final Home home;
    private final Ports ports;
    private final TrainerCount trainers;
    private final HomeLock lock;
    private final String token;
    private final KafkaLogin login;
    private final Processes processes;
    private @Nullable Supervisor supervisor;

    /** Locks the folder; starts nothing yet. */
    OwnSystem(Home home, Ports ports, TrainerCount trainers) {
        this.home = home.made();
        this.ports = ports;
        this.trainers = trainers;
        this.lock = HomeLock.take(home, ports);
        this.token = ports.access.tokenOrNew();
        this.login = KafkaLogin.of(home);
        this.processes = new Processes(home.kafka(), home.logs(), login.jaas());
    }

    /** Starts the broker and the services together, waits until all are ready, and watches them from then on. */
    void start() {
        mustBeFree();
        processes.spawnBroker(ports.broker);
        List<String> frugal = new ArrayList<>(LocalBroker.FRUGAL);
        frugal.add("-Xmx384m");
        List<String> ofSelector = new ArrayList<>(frugal);
        ofSelector.add("-Ddietsb.selector.trainer-url=http://127.0.0.1:" + ports.trainer);
        ofSelector.add("-Ddietsb.selector.scorer-url=http://127.0.0.1:" + ports.scorer);
        start("selector", "selector", ports.selector(), ofSelector);
        start("scorer", "scorer", ports.scorer(), frugal);
        // A holder of the user's token may read what the user may read.
        List<String> settings = new ArrayList<>(trainers.settings());
        settings.add("-Ddietsb.trainer.data-dirs=/");
        start("trainer", "trainer", ports.trainer(), settings);
        for (int i = 2; i <= trainers.trainers; i++) {
            start("trainer-" + i, "trainer", new Ports.Pair(Launch.freePort(), Launch.freePort()), settings);
        }
        processes.awaitBroker();
        processes.awaitReady();
        supervisor = new Supervisor(processes, home, ports.broker, System::nanoTime).begun();
    }

    private void start(String name, String service, Ports.Pair at, List<String> options) {
        processes.start(Launch.service(service, at.rest(), at.management(), options, processes.bootstrapServers())
                .with(token)
                .with(login.environment())
                .as(name));
    }

    /** Fails, in one line, if one of the processes has ended for good. */
    void mustBeAlive() {
        if (supervisor == null) {
            processes.mustBeAlive();
        } else {
            supervisor.mustHold();
        }
    }

    /** Whether a process was started again and is not ready yet. */
    boolean isReturning(String name) {
        return supervisor != null && supervisor.isReturning(name);
    }

    /** Waits for the processes of a killed predecessor, which end soon by themselves; fails if a port stays in use. */
    private void mustBeFree() {
        long deadline = System.nanoTime() + (lock.lastWasKilled() ? UNTIL_OTHERS_END.toNanos() : 0);
        if (lock.lastWasKilled() && taken().isPresent()) {
            System.out.println("The previous dietsb was killed; waiting until its processes end");
        }
        while (taken().isPresent() && System.nanoTime() < deadline) {
            LocalSystem.pause(200);
        }
        taken().ifPresent(what -> {
            throw new UserError(what);
        });
    }

    /** Returns what another program uses, and how to resolve that. */
    private Optional<String> taken() {
        for (var one : ports.byOption().entrySet()) {
            if (!isFree(one.getValue())) {
                String service = one.getKey().substring(0, one.getKey().indexOf('-'));
                return Optional.of("port " + one.getValue() + " for the " + service
                        + " is in use: stop the program that uses it, or choose another port with --" + one.getKey());
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

    static boolean isFree(int port) {
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
