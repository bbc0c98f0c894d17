package org.dietsb.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dietsb.broker.LocalBroker;
import org.jspecify.annotations.Nullable;

/** The broker and the services that this process started. They stop in this order: services, then the broker. */
final class Processes implements AutoCloseable {
    private static final Duration LEAVING = Duration.ofSeconds(45);

    private final Home home;
    private final Ports ports;
    private final HomeLock lock;
    private final List<Service> services = new ArrayList<>();
    private @Nullable LocalBroker broker;
    private boolean closed;

    /** Takes the folder; starts nothing yet. */
    Processes(Home home, Ports ports) {
        this.home = home.made();
        this.ports = ports;
        this.lock = HomeLock.take(home, ports);
    }

    /** Starts the broker and, once it is ready, the services; does not wait for these. */
    void start() {
        mustBeFree();
        try {
            startBroker().awaitReady();
        } catch (UncheckedIOException failed) {
            throw new UserError(String.valueOf(failed.getMessage()));
        }
        startService("selector", ports.selector, "-Xmx384m");
        startService("scorer", ports.scorer, "-Xmx384m");
        startService("trainer", ports.trainer, "-Xmx2g");
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

    private synchronized LocalBroker startBroker() {
        mustBeOpen();
        LocalBroker started = LocalBroker.spawn(ports.broker, home.kafka());
        broker = started;
        return started;
    }

    private synchronized void startService(String name, int port, String heap) {
        mustBeOpen();
        services.add(Service.start(name, port, heap, "127.0.0.1:" + ports.broker, home.logs()));
    }

    private void mustBeOpen() {
        if (closed) {
            throw new UserError("stopped while it started");
        }
    }

    /** Whether one of them ended by itself: which, and where to read why. */
    synchronized Optional<String> ended() {
        if (broker != null && !broker.isAlive()) {
            return Optional.of("the broker ended: see " + broker.log());
        }
        return services.stream()
                .filter(service -> !service.isAlive())
                .findFirst()
                .map(Service::obituary);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        services.forEach(Service::stop);
        try {
            for (Service service : services) {
                service.awaitStopped();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (broker != null) {
            broker.close();
        }
        lock.close();
    }
}
