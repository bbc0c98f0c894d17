package org.dietsb.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.launcher.text.UserError;

/**
 * A real system of this machine, as built: a broker, two selectors, two trainers and a scorer, each in a process of its own,
 * on ports that were free and in a temporary folder. All processes are gone when it is closed, and at Ctrl-C and SIGTERM.
 */
final class FaultySystem implements AutoCloseable {
    /** As many as the reference run has: equal bits want equal sums. */
    static final int THREADS = 1;

    /** The services, by the names of their places. */
    private static final Map<String, String> PARTS = new TreeMap<>(Map.of(
            "selector-1",
            "selector",
            "selector-2",
            "selector",
            "trainer-1",
            "trainer",
            "trainer-2",
            "trainer",
            "scorer",
            "scorer"));

    /** Lets in whoever writes; of this system alone, which ends with its process. */
    private static final String TOKEN = UUID.randomUUID().toString();

    private static final Duration UNTIL_READY = Duration.ofMinutes(4);
    private static final Pattern RUNS = Pattern.compile("(?m)^dietsb_selector_runs(?:\\{[^}]*})? ([0-9.]+)");

    /** Length of what a line of a log begins with. */
    private static final int TIMESTAMP = "2026-01-01 00:00:00,000".length();

    private final Path folder;
    private final BrokerPart broker;
    private final List<Part> parts = new ArrayList<>();
    private final Thread atExit = new Thread(this::stop, "stop-faulty-system");
    private boolean stopped;
    private boolean kept;

    private FaultySystem(Path folder, Map<String, String> services) throws IOException {
        this.folder = folder;
        this.broker = new BrokerPart(folder, List.copyOf(services.keySet()));
    }

    /** Started, and ready. */
    static FaultySystem start() {
        return start(PARTS);
    }

    /** The same of these services, by the names of their places. */
    static FaultySystem start(Map<String, String> services) {
        try {
            FaultySystem system = new FaultySystem(Files.createTempDirectory("dietsb-faults"), services);
            Runtime.getRuntime().addShutdownHook(system.atExit);
            try {
                system.begin(services);
            } catch (RuntimeException failed) {
                system.keep();
                system.close();
                throw failed;
            }
            return system;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void begin(Map<String, String> services) throws IOException {
        broker.start();
        for (Map.Entry<String, String> one : services.entrySet()) {
            add(one.getKey(), one.getValue());
        }
        awaitHealthy();
    }

    private void add(String name, String service) throws IOException {
        List<String> options = new ArrayList<>(LocalBroker.FRUGAL);
        options.addAll(List.of(
                "-Xmx" + (service.equals("trainer") ? 768 : 256) + "m",
                "-Ddietsb.trainer.threads=" + THREADS,
                "-Ddietsb.trainer.home=" + folder.resolve("home")));
        Part part = new Part(
                Launch.service(service, LocalBroker.freePort(), options, broker.bootstrapServers(name))
                        .as(name)
                        .with(TOKEN),
                folder);
        parts.add(part);
        part.start();
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    BrokerPart broker() {
        return broker;
    }

    /** Where datasets are found, and logs are. */
    Path folder() {
        return folder;
    }

    /** Services of a kind, by their names. */
    List<Part> parts(String kind) {
        return parts.stream().filter(part -> part.kind().equals(kind)).toList();
    }

    /** One of a kind that may answer. */
    Optional<ServiceProcess> answering(String kind) {
        return parts(kind).stream().flatMap(part -> part.answering().stream()).findFirst();
    }

    /** The one of a kind that has the run: the selector that holds runs, the trainer that began it last. */
    Part holder(Fault.Where where, String runId) {
        List<Part> all = parts(where.toString());
        return switch (where) {
            case SELECTOR -> Collections.max(all, Comparator.comparingDouble(FaultySystem::runsHeld));
            case TRAINER -> Collections.max(all, Comparator.comparing(part -> beganAt(part, runId)));
            case SCORER, BROKER -> all.get(0);
        };
    }

    /** When the trainer there began an attempt of the run for the last time, as its log has it; nothing if it did not. */
    private static String beganAt(Part trainer, String runId) {
        try (Stream<String> lines = Files.lines(trainer.log())) {
            return lines.filter(line -> line.contains("Run " + runId + " begins"))
                    .map(line -> line.substring(0, TIMESTAMP))
                    .max(Comparator.naturalOrder())
                    .orElse("");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static double runsHeld(Part part) {
        try {
            Matcher runs =
                    RUNS.matcher(part.answering().map(ServiceProcess::metrics).orElse(""));
            return runs.find() ? Double.parseDouble(runs.group(1)) : -1;
        } catch (UserError silent) {
            return -1;
        }
    }

    /**
     * Waits until every part is ready.
     *
     * @throws IllegalStateException naming those that are not, after four minutes
     */
    void awaitHealthy() {
        long begun = System.nanoTime();
        while (!parts.stream().allMatch(Part::isReady)) {
            if (System.nanoTime() - begun > UNTIL_READY.toNanos()) {
                throw new IllegalStateException(String.format(
                        Locale.ROOT,
                        "waited %d s for the system to be ready: %s",
                        UNTIL_READY.toSeconds(),
                        parts.stream().map(Part::standing).collect(Collectors.joining("; "))));
            }
            pause(200);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /** The folder, with its logs and topics, outlives the system. */
    synchronized void keep() {
        if (!kept) {
            System.out.println("Logs and topics are kept in " + folder);
        }
        kept = true;
    }

    @Override
    public void close() {
        stop();
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // It is the hook, or waits for it.
        }
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        parts.forEach(Part::close);
        broker.close();
        if (kept) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
