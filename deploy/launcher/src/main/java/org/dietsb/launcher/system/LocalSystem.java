package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The system on this machine: either one that is running already, or one that this object starts and stops. Ctrl-C, SIGTERM
 * and the end of this process close it too.
 */
public final class LocalSystem implements AutoCloseable {
    private static final int TRIES = 10;

    public final Rest trainer;
    public final Rest selector;
    public final Rest scorer;
    private final Deque<Runnable> beforeStop = new ArrayDeque<>();
    private final @Nullable OwnSystem own;
    private @Nullable ExitHook hook;
    private boolean closed;

    private LocalSystem(Ports ports, @Nullable OwnSystem own) {
        this.trainer = ports.rest("trainer", ports.trainer());
        this.selector = ports.rest("selector", ports.selector());
        this.scorer = ports.rest("scorer", ports.scorer());
        this.own = own;
    }

    /** Returns a system that is expected to be running. Commands that only inspect runs start none. */
    public static LocalSystem up(Ports ports) {
        return new LocalSystem(ports, null);
    }

    /** Returns the running system, or starts one. */
    public static LocalSystem upOrStarted(Ports ports, TrainerCount trainers) {
        LocalSystem running = up(ports);
        if (running.services().allMatch(service -> service.presence() instanceof Presence.Ready)) {
            System.out.println("Using the running system.");
            running.hook();
            return running;
        }
        return started(ports, trainers);
    }

    /** Starts a system and waits until it is ready. */
    public static LocalSystem started(Ports ports, TrainerCount trainers) {
        up(ports).mustNotRun();
        LocalSystem system = new LocalSystem(ports, new OwnSystem(Home.ofUser(), ports, trainers));
        system.hook();
        try {
            system.start();
            return system;
        } catch (RuntimeException failed) {
            system.close();
            throw failed;
        }
    }

    private void hook() {
        hook = new ExitHook("stop-system", this::interrupted);
    }

    private void mustNotRun() {
        Map<Rest, Presence> found = new LinkedHashMap<>();
        services().forEach(service -> found.put(service, service.presence()));
        if (found.values().stream().allMatch(presence -> presence instanceof Presence.Nothing)) {
            return;
        }
        String words = found.entrySet().stream()
                .map(one -> one.getKey().words(one.getValue()))
                .collect(Collectors.joining(", "));
        boolean ready = found.values().stream().allMatch(presence -> presence instanceof Presence.Ready);
        throw new UserError(
                ready
                        ? "the system is running already: " + words
                        : words + ": wait for, start or stop the services named, or choose other ports (see --help)");
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
        System.out.println(Format.text("Ready after %.1f s", (System.nanoTime() - begun) / 1e9));
        for (String run : home.leftBehind()) {
            new OwnRun(this, run).cancelLeftBehind();
        }
    }

    /** Whether the system ends with this process. */
    boolean isOwn() {
        return own != null;
    }

    /** Fails, in one line, if a process of the system has ended. */
    public void mustBeAlive() {
        if (own != null) {
            own.mustBeAlive();
        }
    }

    /** Sends a GET request, with retries; if a process of the system has ended, the error names it. */
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

    /** Adds an action to run before the system stops. Actions run in the reverse order of their addition. */
    public synchronized void beforeStop(Runnable action) {
        beforeStop.push(action);
    }

    public synchronized void forget(Runnable action) {
        beforeStop.remove(action);
    }

    /** Sleeps; an interrupt becomes a {@link UserError}. */
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
        if (hook != null) {
            hook.close();
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
