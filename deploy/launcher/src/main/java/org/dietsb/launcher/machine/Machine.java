package org.dietsb.launcher.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.machine.Ports.Holder;
import org.jspecify.annotations.Nullable;

/** The broker and the services on this machine. What is started here is stopped by the cleanup: services, then broker. */
public final class Machine {
    private static final long START_SECONDS = 120;

    private final MachineOptions options;
    private final Cleanup cleanup;
    private final Consumer<String> says;
    private final Map<Program, Child> children = new EnumMap<>(Program.class);

    /** @param says where to tell the user what takes a while */
    public Machine(MachineOptions options, Cleanup cleanup, Consumer<String> says) {
        this.options = options;
        this.cleanup = cleanup;
        this.says = says;
    }

    /** Starts everything; a port that anybody has is a failure. */
    public void startAll() {
        require(Holder.NOBODY, Holder.NOBODY, "broker", options.brokerPort, Ports.ofBroker(options.brokerPort));
        for (Program program : Program.values()) {
            int port = options.port(program);
            require(Holder.NOBODY, Holder.NOBODY, program.label(), port, Ports.of(program, port));
        }
        startMissing();
    }

    /** Starts what is not up, and waits until all is ready. */
    public void startMissing() {
        Holder broker = Ports.ofBroker(options.brokerPort);
        require(Holder.NOBODY, Holder.OURS, "broker", options.brokerPort, broker);
        List<Program> missing = new ArrayList<>();
        for (Program program : Program.values()) {
            int port = options.port(program);
            Holder holder = Ports.of(program, port);
            require(Holder.NOBODY, Holder.OURS, program.label(), port, holder);
            if (holder == Holder.NOBODY) {
                missing.add(program);
            }
        }
        if (broker == Holder.NOBODY) {
            says.accept("starting the broker on port " + options.brokerPort);
            startBroker();
        }
        if (!missing.isEmpty()) {
            says.accept("starting "
                    + String.join(
                            ", ",
                            missing.stream()
                                    .map(program -> program.label() + " on port " + options.port(program))
                                    .toList()));
            missing.forEach(this::start);
        }
        for (Program program : Program.values()) {
            awaitReady(program);
        }
    }

    /** Waits until something that was started here ends by itself, which is a failure. */
    public void watch() {
        while (true) {
            pause(500);
            checkAlive();
        }
    }

    /** A failure if something that was started here has ended by itself. */
    public void checkAlive() {
        for (Child child : children.values()) {
            if (!child.isAlive() && !cleanup.isInterrupted()) {
                throw ended(child);
            }
        }
    }

    private static Failure ended(Child child) {
        String words = child.lastWords();
        return new Failure("the " + child.name() + " ended: " + (words.isEmpty() ? "" : words + " ") + "(log "
                + child.log() + ")");
    }

    private static void require(Holder allowed, Holder alsoAllowed, String name, int port, Holder holder) {
        if (holder != allowed && holder != alsoAllowed) {
            String upper = name.toUpperCase(Locale.ROOT);
            throw new Failure("port " + port + " is in use by "
                    + (holder == Holder.OURS ? "a " + name + " that is up already" : "something else")
                    + ": free it, or choose another with --" + name + "-port (or DIETSB_" + upper + "_PORT)");
        }
    }

    private void startBroker() {
        Path folder = options.home().resolve("kafka");
        try {
            LocalBroker broker = LocalBroker.start(options.brokerPort, folder);
            cleanup.add(broker::close);
        } catch (RuntimeException failed) {
            throw new Failure("the broker did not start (log " + folder.resolve("broker.log") + ")", failed);
        }
    }

    private void start(Program program) {
        Path jar = options.root().resolve(program.label() + "-service/target/quarkus-app/quarkus-run.jar");
        if (!Files.isRegularFile(jar)) {
            throw new Failure(jar.normalize() + " is not there: build with mvn package");
        }
        Path home = options.home();
        try {
            Files.createDirectories(home);
        } catch (IOException unwritable) {
            throw new Failure("cannot write to " + home + ": choose another folder with DIETSB_HOME", unwritable);
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                program.heap(),
                "-Dquarkus.http.host=127.0.0.1",
                "-Dquarkus.http.port=" + options.port(program),
                "-Dkafka.bootstrap.servers=127.0.0.1:" + options.brokerPort,
                "-jar",
                jar.normalize().toString());
        Child child = Child.start(
                program.label(),
                command,
                Map.of("DIETSB_HOME", home.toString()),
                home.resolve("logs").resolve(program.label() + ".log"));
        children.put(program, child);
        cleanup.add(child::stop);
    }

    private void awaitReady(Program program) {
        int port = options.port(program);
        @Nullable Child child = children.get(program);
        long deadline = System.nanoTime() + START_SECONDS * 1_000_000_000L;
        String why = Ports.whyNotReady(port);
        while (!why.isEmpty()) {
            if (child != null && !child.isAlive()) {
                throw ended(child);
            }
            if (System.nanoTime() > deadline) {
                throw new Failure("the " + program.label() + " at port " + port + " is not ready after "
                        + START_SECONDS + " s: " + why
                        + (child == null ? "" : " (log " + child.log() + ")"));
            }
            pause(150);
            why = Ports.whyNotReady(port);
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted", interrupted);
        }
    }
}
