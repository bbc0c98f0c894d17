package org.dietsb.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.dietsb.broker.LocalBroker;

/** Broker and services on this machine. What it started it stops: services first, the broker last. */
final class LocalSystem implements AutoCloseable {
    final Rest trainer;
    final Rest selector;
    final Rest scorer;
    private final Deque<Child> children = new ArrayDeque<>();
    private Optional<LocalBroker> broker = Optional.empty();

    private record Child(String name, Process process, Path log) {}

    private LocalSystem(Ports ports) {
        trainer = new Rest("trainer", ports.trainer);
        selector = new Rest("selector", ports.selector);
        scorer = new Rest("scorer", ports.scorer);
    }

    /** Folder for everything that lasts. */
    static Path home() {
        String home = System.getenv("DIETSB_HOME");
        return home == null ? Path.of(System.getProperty("user.home"), ".dietsb") : Path.of(home);
    }

    /** The system that is up, or one started now, which ends with this object. */
    static LocalSystem upOrStarted(Ports ports) {
        LocalSystem system = new LocalSystem(ports);
        if (system.allReady()) {
            return system;
        }
        return start(ports);
    }

    /** A system that is up already; commands that look at runs start none. */
    static LocalSystem up(Ports ports) {
        return new LocalSystem(ports);
    }

    static LocalSystem start(Ports ports) {
        mustBeFree(ports.broker, "broker", "--broker-port");
        mustBeFree(ports.trainer, "trainer", "--trainer-port");
        mustBeFree(ports.selector, "selector", "--selector-port");
        mustBeFree(ports.scorer, "scorer", "--scorer-port");
        LocalSystem system = new LocalSystem(ports);
        Thread atExit = new Thread(system::close, "stop-system");
        Runtime.getRuntime().addShutdownHook(atExit);
        try {
            LocalBroker started = LocalBroker.start(ports.broker, home().resolve("kafka"));
            synchronized (system) {
                system.broker = Optional.of(started);
            }
            system.service("selector", ports.selector, started, "-Xmx384m");
            system.service("scorer", ports.scorer, started, "-Xmx384m");
            system.service("trainer", ports.trainer, started, "-Xmx2g");
            system.awaitReady();
            return system;
        } catch (UncheckedIOException failed) {
            system.close();
            throw new UserError(String.valueOf(failed.getMessage()));
        } catch (RuntimeException failed) {
            system.close();
            throw failed;
        }
    }

    private static void mustBeFree(int port, String what, String option) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        } catch (IOException taken) {
            throw new UserError("port " + port + " for the " + what
                    + " is in use: stop what uses it, or choose another with " + option);
        }
    }

    private synchronized void service(String name, int port, LocalBroker on, String heap) {
        Path jar = Path.of(
                System.getProperty("dietsb.root", "."), name + "-service", "target", "quarkus-app", "quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new UserError(jar + " is not there: build with mvn package");
        }
        try {
            Path log = home().resolve("logs").resolve(name + ".log");
            Files.createDirectories(log.resolveSibling(""));
            // The shell keeps the terminal's Ctrl-C from the service, and ends it when this process is gone.
            String shell = "trap '' INT; exec 3<&0; \"$@\" </dev/null 3<&- & pid=$!; "
                    + "{ cat <&3 >/dev/null; kill $pid 2>/dev/null; } & wait $pid";
            Process process = new ProcessBuilder(List.of(
                            "sh",
                            "-c",
                            shell,
                            name,
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            heap,
                            "-Dquarkus.http.port=" + port,
                            "-Dquarkus.http.host=127.0.0.1",
                            "-Dkafka.bootstrap.servers=" + on.bootstrapServers(),
                            "-jar",
                            jar.toString()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            children.push(new Child(name, process, log));
        } catch (IOException failed) {
            throw new UncheckedIOException("cannot start the " + name + ": " + failed.getMessage(), failed);
        }
    }

    private boolean allReady() {
        return trainer.isReady() && selector.isReady() && scorer.isReady();
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!allReady()) {
            for (Child child : List.copyOf(children)) {
                if (!child.process.isAlive()) {
                    throw new UserError("the " + child.name + " ended while it started: see " + child.log);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new UserError("the services were not ready within 90 s: see " + home().resolve("logs"));
            }
            pause(200);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    /** Waits until a child ends by itself, and says which. */
    String awaitEnd() {
        while (true) {
            for (Child child : List.copyOf(children)) {
                if (!child.process.isAlive()) {
                    return "the " + child.name + " ended: see " + child.log;
                }
            }
            pause(300);
        }
    }

    @Override
    public synchronized void close() {
        List<Child> stopping = new ArrayList<>();
        while (!children.isEmpty()) {
            Child child = children.pop();
            try {
                child.process.getOutputStream().close();
            } catch (IOException gone) {
                child.process.destroy();
            }
            stopping.add(child);
        }
        try {
            for (Child child : stopping) {
                if (!child.process.waitFor(40, TimeUnit.SECONDS)) {
                    child.process.descendants().forEach(ProcessHandle::destroyForcibly);
                    child.process.destroyForcibly();
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        broker.ifPresent(LocalBroker::close);
        broker = Optional.empty();
    }
}
