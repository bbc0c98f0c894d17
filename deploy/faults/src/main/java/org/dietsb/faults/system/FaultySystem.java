package org.dietsb.faults.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.broker.LocalBroker;
import org.dietsb.contracts.Label;
import org.dietsb.faults.plan.Fault;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.TemporarySystem;

/** A real system as built: a broker, two selectors, two trainers and a scorer, each in a process of its own, on free ports. */
public final class FaultySystem extends TemporarySystem {
    /** Threads of the reference run too: equal bits require equal sums. */
    public static final int THREADS = 1;

    private static final List<String> SERVICES =
            List.of("selector-1", "selector-2", "trainer-1", "trainer-2", "scorer");

    /** Write access to this system alone. */
    private static final String TOKEN = UUID.randomUUID().toString();

    private static final Duration UNTIL_READY = Duration.ofMinutes(4);
    private static final Pattern RUNS = Pattern.compile("(?m)^dietsb_selector_runs(?:\\{[^}]*})? ([0-9.]+)");

    /** Length of the time at the beginning of a line of a log. */
    private static final int TIMESTAMP = "2026-01-01 00:00:00,000".length();

    private final BrokerPart broker;
    private final List<ServicePart> services = new ArrayList<>();

    private FaultySystem(List<String> services) throws IOException {
        super("dietsb-faults");
        broker = new BrokerPart(folder(), services);
    }

    /** Starts the system, and waits until it is ready. */
    public static FaultySystem start() {
        return start(SERVICES);
    }

    /** Starts a system of these services; each name is a kind, or a kind with a number, such as {@code trainer-1}. */
    public static FaultySystem start(List<String> services) {
        try {
            FaultySystem system = new FaultySystem(services);
            system.closeAtExit();
            try {
                system.broker.start();
                for (String service : services) {
                    system.add(service);
                }
                system.awaitHealthy();
                return system;
            } catch (RuntimeException failed) {
                system.keep();
                system.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void add(String name) throws IOException {
        String service = name.replaceFirst("-.*", "");
        List<String> options = new ArrayList<>(LocalBroker.FRUGAL);
        options.addAll(List.of(
                "-Xmx" + (service.equals("trainer") ? 768 : 256) + "m",
                "-Ddietsb.trainer.threads=" + THREADS,
                "-Ddietsb.trainer.home=" + folder().resolve("home")));
        Wire wire = broker.wire(name);
        Launch launch = Launch.service(service, LocalBroker.freePort(), options, "127.0.0.1:" + wire.port());
        ServicePart part = new ServicePart(launch.as(name).with(TOKEN), folder(), wire);
        services.add(part);
        part.start();
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public BrokerPart broker() {
        return broker;
    }

    /** Returns all services. */
    public List<ServicePart> services() {
        return Collections.unmodifiableList(services);
    }

    /** Returns the services of a kind. */
    public List<ServicePart> services(String kind) {
        return services.stream().filter(part -> part.kind().equals(kind)).toList();
    }

    /** Returns a service of this kind that can answer. */
    public ServiceProcess answering(String kind) {
        return services(kind).stream()
                .flatMap(part -> part.answering().stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + kind + " is alive"));
    }

    /** Returns the part of a kind that has the run: the selector that holds runs, or the trainer that began it last. */
    public Part holder(Fault.Where where, String runId) {
        List<ServicePart> all = services(Label.of(where));
        return switch (where) {
            case SELECTOR -> Collections.max(all, Comparator.comparingDouble(FaultySystem::runsHeld));
            case TRAINER -> Collections.max(all, Comparator.comparing(part -> beganAt(part, runId)));
            case SCORER -> all.get(0);
            case BROKER -> broker;
        };
    }

    /** Returns the time in a trainer's log at which it last began an attempt of the run; empty if it did not. */
    private static String beganAt(ServicePart trainer, String runId) {
        try (Stream<String> lines = Files.lines(trainer.log())) {
            return lines.filter(line -> line.contains("Run " + runId + " begins"))
                    .map(line -> line.substring(0, TIMESTAMP))
                    .max(Comparator.naturalOrder())
                    .orElse("");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static double runsHeld(ServicePart part) {
        try {
            Optional<String> metrics = part.answering().map(ServiceProcess::metrics);
            Matcher runs = RUNS.matcher(metrics.orElse(""));
            return runs.find() ? Double.parseDouble(runs.group(1)) : -1;
        } catch (UserError silent) {
            return -1;
        }
    }

    /**
     * Waits until every service is ready.
     *
     * @throws IllegalStateException naming those that are not, after four minutes
     */
    public void awaitHealthy() {
        long begun = System.nanoTime();
        while (!services.stream().allMatch(Part::isReady)) {
            if (System.nanoTime() - begun > UNTIL_READY.toNanos()) {
                throw new IllegalStateException("waited " + UNTIL_READY.toSeconds() + " s for the system to be ready: "
                        + services.stream().map(ServicePart::standing).collect(Collectors.joining("; ")));
            }
            pause(200);
        }
    }

    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    @Override
    protected void stop() {
        services.forEach(Part::close);
        broker.close();
    }
}
