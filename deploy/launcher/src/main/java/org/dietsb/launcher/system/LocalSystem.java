package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The system on this machine: one that is up, or one started now, which stops with this object. Ctrl-C, SIGTERM and the end
 * of this process close it too.
 */
public final class LocalSystem implements AutoCloseable {
    private static final int TRIES = 10;

    public final Rest trainer;
    public final Rest selector;
    public final Rest scorer;
    private final Deque<Runnable> beforeStop = new ArrayDeque<>();
    private final @Nullable OwnSystem own;
    private final Thread atExit = new Thread(this::interrupted, "stop-system");
    private boolean closed;

    private LocalSystem(Ports ports, @Nullable OwnSystem own) {
        this.trainer = ports.trainer();
        this.selector = ports.selector();
        this.scorer = ports.scorer();
        this.own = own;
    }

    /** A system that is up already; commands that look at runs start none. */
    public static LocalSystem up(Ports ports) {
        return new LocalSystem(ports, null);
    }

    /** The system that is up, or one started now. */
    public static LocalSystem upOrStarted(Ports ports, TrainerCount trainers) {
        LocalSystem there = up(ports);
        if (there.services().allMatch(service -> service.presence() instanceof Presence.Ready)) {
            System.out.println("Using the system that is up.");
            Runtime.getRuntime().addShutdownHook(there.atExit);
            return there;
        }
        return started(ports, trainers);
    }

    /** A system started now, and ready. */
    public static LocalSystem started(Ports ports, TrainerCount trainers) {
        mustNotBeThere(up(ports));
        LocalSystem system = new LocalSystem(ports, new OwnSystem(Home.ofUser(), ports, trainers));
        Runtime.getRuntime().addShutdownHook(system.atExit);
        try {
            system.start();
            return system;
        } catch (RuntimeException failed) {
            system.close();
            throw failed;
        }
    }

    private static void mustNotBeThere(LocalSystem system) {
        List<Presence> found = system.services().map(Rest::presence).toList();
        if (found.stream().allMatch(presence -> presence instanceof Presence.Nothing)) {
            return;
        }
        List<Rest> services = system.services().toList();
        String words = Stream.iterate(0, i -> i + 1)
                .limit(services.size())
                .map(i -> services.get(i).words(found.get(i)))
                .collect(Collectors.joining(", "));
        boolean up = found.stream().allMatch(presence -> presence instanceof Presence.Ready);
        throw new UserError(
                up
                        ? "the system is up already: " + words
                        : words + ": wait for, start or stop what is named, or choose other ports (see --help)");
    }

    private Stream<Rest> services() {
        return Stream.of(trainer, selector, scorer);
    }

    private void start() {
        if (own == null) {
            return;
        }
        Home home = Home.ofUser();
        System.out.println("Starting Kafka and the services; logs are in " + home.logs());
        long begun = System.nanoTime();
        own.start();
        System.out.printf("Ready after %.1f s%n", (System.nanoTime() - begun) / 1e9);
        for (String run : home.leftBehind()) {
            new OwnRun(this, run).cancelLeftBehind();
        }
    }

    /** Whether it ends with this process. */
    boolean isOwn() {
        return own != null;
    }

    /** Fails, in one line, if a process of it ended by itself. */
    public void mustBeAlive() {
        if (own != null) {
            own.mustBeAlive();
        }
    }

    /** Asks for what goes on there; a process that ended by itself is named rather than its silence. */
    public JsonNode poll(Rest service, String path) {
        mustBeAlive();
        for (int failures = 1; ; failures++) {
            try {
                return service.get(path);
            } catch (Rest.Unreachable gone) {
                pause(1_000);
                mustBeAlive();
                if (isOwn() || failures == TRIES) {
                    throw gone;
                }
            }
        }
    }

    /** What to do first when it stops; what was added last is done first. */
    public synchronized void beforeStop(Runnable action) {
        beforeStop.push(action);
    }

    public synchronized void forget(Runnable action) {
        beforeStop.remove(action);
    }

    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    @Override
    public void close() {
        stop();
        try {
            var unused = Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException exiting) {
            // It is the hook that closes it.
        }
    }

    private void interrupted() {
        if (isOwn()) {
            System.err.println(System.lineSeparator() + "dietsb: stopping");
        }
        stop();
    }

    private synchronized void stop() {
        if (closed) {
            return;
        }
        closed = true;
        while (!beforeStop.isEmpty()) {
            try {
                beforeStop.pop().run();
            } catch (UserError failed) {
                System.err.println("dietsb: " + failed.getMessage());
            }
        }
        if (own != null) {
            own.close();
        }
    }
}
