package org.dietsb.launcher.system;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.dietsb.launcher.text.Format;

/** Looks whether this machine can build the system, start it and train, and says how to mend what is missing. */
public final class Checkup {
    private static final long GIB = 1L << 30;
    /** Below this, a system with one trainer and one large network may run out of memory. */
    private static final long ENOUGH_MEMORY = 3 * GIB;

    private static final long ENOUGH_DISK = 2 * GIB;

    private final Ports ports;
    private final Home home;
    private final List<Row> rows = new ArrayList<>();

    /** How a row is to be taken. */
    public enum State {
        OK,
        /** Works, but less than it could. */
        WARNING,
        /** Must be mended. */
        WRONG
    }

    /**
     * What was found of one thing.
     *
     * @param mend what to do; empty if nothing
     */
    public record Row(State state, String what, String found, String mend) {}

    private Checkup(Ports ports, Home home) {
        this.ports = ports.orOfSystemIn(home);
        this.home = home;
    }

    /** Looks at everything, which takes a second or two. */
    public static List<Row> of(Ports ports) {
        Checkup checkup = new Checkup(ports, Home.ofUser());
        checkup.java();
        checkup.maven();
        checkup.memory();
        checkup.disk();
        checkup.listeners();
        checkup.processor();
        return List.copyOf(checkup.rows);
    }

    private void add(State state, String what, String found, String mend) {
        rows.add(new Row(state, what, found, mend));
    }

    private void java() {
        String version = System.getProperty("java.version") + " in " + System.getProperty("java.home");
        boolean compiles = ToolProvider.getSystemJavaCompiler() != null;
        add(
                compiles ? State.OK : State.WRONG,
                "Java",
                version + (compiles ? "" : ", without a compiler"),
                compiles ? "" : "install a JDK, 17 or newer; a runtime cannot build the project");
    }

    private void maven() {
        Optional<Path> maven = onPath("mvn");
        add(
                maven.isPresent() ? State.OK : State.WARNING,
                "Maven",
                maven.map(Path::toString).orElse("not on the PATH"),
                maven.isPresent() ? "" : "install Maven 3.8.7 or newer to build; what is built already runs without");
    }

    private void memory() {
        long free = availableMemory();
        add(
                free >= ENOUGH_MEMORY ? State.OK : State.WARNING,
                "memory",
                Format.text("%.1f GiB are available", (double) free / GIB),
                free >= ENOUGH_MEMORY ? "" : "end other programs, or train with small models and batches");
    }

    /** Returns what programs can still have: on Linux with the caches that the kernel gives back. */
    private static long availableMemory() {
        Path linux = Path.of("/proc/meminfo");
        if (Files.isReadable(linux)) {
            try (Stream<String> lines = Files.lines(linux)) {
                Optional<Long> available = lines.filter(line -> line.startsWith("MemAvailable:"))
                        .map(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                        .findFirst();
                if (available.isPresent()) {
                    return available.get();
                }
            } catch (IOException unreadable) {
                // The Java interface knows less.
            }
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getFreeMemorySize()
                : 0;
    }

    private void disk() {
        Path existing = home.folder();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        boolean writable = Files.isWritable(existing);
        long free = writable ? existing.toFile().getUsableSpace() : 0;
        State state =
                !writable || free < Home.LEAST_SPACE ? State.WRONG : free < ENOUGH_DISK ? State.WARNING : State.OK;
        add(
                state,
                "data folder",
                home.folder() + (writable ? Format.text(", %.1f GiB are free", (double) free / GIB) : ", not writable"),
                state == State.OK ? "" : "free some space, or set DIETSB_HOME to another folder");
    }

    private void listeners() {
        LocalSystem system = LocalSystem.up(ports);
        Map<Rest, Presence> found = new LinkedHashMap<>();
        Stream.of(system.trainer, system.selector, system.scorer)
                .forEach(service -> found.put(service, service.presence()));
        boolean running = found.values().stream().anyMatch(presence -> presence instanceof Presence.Ready);
        boolean broker = !OwnSystem.isFree(ports.broker);
        String kafka = "127.0.0.1:" + ports.broker;
        if (running) {
            add(
                    broker ? State.OK : State.WARNING,
                    "Kafka",
                    kafka + (broker ? " answers" : " does not answer"),
                    broker
                            ? ""
                            : "right if the system uses a Kafka elsewhere; its services say whether they are ready");
        } else {
            add(
                    broker ? State.WRONG : State.OK,
                    "Kafka",
                    kafka + (broker ? " is taken by another program" : " is free"),
                    broker ? "end that program, or choose --broker-port" : "");
        }
        found.forEach((service, presence) -> {
            boolean good = presence instanceof Presence.Ready || (presence instanceof Presence.Nothing && !running);
            add(
                    good ? State.OK : State.WRONG,
                    service.name(),
                    presence instanceof Presence.Nothing && good
                            ? service.base() + " is free"
                            : service.words(presence),
                    good
                            ? ""
                            : presence instanceof Presence.Stranger
                                    ? "end that program, or choose another port"
                                    : "see " + home.logs() + ", then stop the system and start it again");
        });
    }

    private void processor() {
        Path libraries = Launch.root().resolve(Path.of("trainer-service", "target", "quarkus-app", "lib", "main"));
        String[] torch = libraries.toFile().list((folder, name) -> name.contains("pytorch-native-"));
        boolean forGpu = torch != null && Stream.of(torch).anyMatch(name -> name.contains("pytorch-native-cu"));
        String outside = System.getenv("PYTORCH_LIBRARY_PATH");
        String library = outside != null
                ? "libtorch of " + outside
                : forGpu ? "libtorch for CUDA" : torch == null ? "not built yet" : "libtorch for CPUs";
        List<String> gpus = gpus();
        boolean unused = !gpus.isEmpty() && !forGpu && outside == null;
        add(
                unused ? State.WARNING : State.OK,
                "GPU",
                gpus.isEmpty() ? "none; " + library : String.join("; ", gpus) + "; " + library,
                unused ? "to train on it see \"GPU\" in trainer-service/README.md" : "");
    }

    /** Returns the NVIDIA GPUs of this machine by their driver; none without a driver. */
    private static List<String> gpus() {
        Optional<Path> tool = onPath("nvidia-smi");
        if (tool.isEmpty()) {
            return List.of();
        }
        try {
            Process asked = new ProcessBuilder(
                            tool.get().toString(), "--query-gpu=name,memory.total", "--format=csv,noheader")
                    .redirectErrorStream(true)
                    .start();
            try {
                if (!asked.waitFor(10, TimeUnit.SECONDS) || asked.exitValue() != 0) {
                    return List.of("the driver does not answer (nvidia-smi)");
                }
                return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
            } finally {
                asked.destroyForcibly();
            }
        } catch (IOException failed) {
            return List.of("nvidia-smi cannot be started");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
