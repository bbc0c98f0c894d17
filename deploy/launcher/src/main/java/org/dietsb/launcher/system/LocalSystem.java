package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
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
    private static final int TRIES = 40;
    private static final int MOST_SECONDS_AWAY = 120;
    private static final int MOST_SECONDS_AT_END = 10;

    public final Rest trainer;
    public final Rest selector;
    public final Rest scorer;
    private final Deque<Runnable> beforeStop = new ArrayDeque<>();
    private final Set<String> mine = ConcurrentHashMap.newKeySet();
    private final @Nullable OwnSystem own;
    private final CtrlC ctrlC = new CtrlC();
    private @Nullable ExitHook hook;
    /** Whether it stays for the runs of others when this process has done its work. */
    private boolean staysForOthers;

    private volatile boolean exiting;
    private volatile boolean closed;

    private LocalSystem(Ports ports, @Nullable OwnSystem own) {
        this.trainer = ports.rest("trainer", ports.trainer());
        this.selector = ports.rest("selector", ports.selector());
        this.scorer = ports.rest("scorer", ports.scorer());
        this.own = own;
        if (own != null) {
            services().forEach(service -> service.keptBy(new OwnKeeper()));
        }
    }

    /** Returns a system that is expected to be running: that of the user's home, unless ports are named. Commands that only inspect runs start none. */
    public static LocalSystem up(Ports ports) {
        return new LocalSystem(ports.orOfSystemIn(Home.ofUser()), null);
    }

    /** Returns the running system, or starts one. */
    public static LocalSystem upOrStarted(Ports ports, TrainerCount trainers) {
        LocalSystem running = up(ports);
        if (running.services().allMatch(service -> service.presence() instanceof Presence.Ready)) {
            System.out.println("Using the running system.");
            running.hook();
            return running;
        }
        LocalSystem system = started(ports, trainers);
        system.staysForOthers = true;
        return system;
    }

    /**
     * Returns the system that is running, for work that goes on when this process ends.
     *
     * @throws UserError if none is
     */
    public static LocalSystem running(Ports ports) {
        LocalSystem running = up(ports);
        List<String> missing = running.services()
                .map(service -> Map.entry(service, service.presence()))
                .filter(one -> !(one.getValue() instanceof Presence.Ready))
                .map(one -> one.getKey().words(one.getValue()))
                .toList();
        if (!missing.isEmpty()) {
            throw new UserError(String.join(", ", missing) + "; start a system with dietsb up");
        }
        return running;
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
        if (isOwn()) {
            ctrlC.listen();
        }
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
        for (String name : home.leftBehind()) {
            if (Work.named(this, name).cancelLeftBehind()) {
                home.forget(name);
            }
        }
    }

    /** Waits for a service that died and is started again; before it is ready it does not know its runs yet. */
    private final class OwnKeeper implements Keeper {
        @Override
        public void awaitReady(String name) {
            for (int tenths = 0; own != null && own.isReturning(name); tenths++) {
                mustBeAlive();
                if (tenths > 10 * (closed ? MOST_SECONDS_AT_END : MOST_SECONDS_AWAY)) {
                    throw new UserError("the " + name + " was started again and is not ready");
                }
                pause(100);
            }
        }

        @Override
        public boolean mayComeBack(int failures) {
            if (closed || failures > MOST_SECONDS_AWAY) {
                return false;
            }
            mustBeAlive();
            pause(1_000);
            return true;
        }
    }

    /** Whether this process ends by a signal. */
    public boolean isInterrupted() {
        return exiting;
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

    /**
     * Sends a GET request, with retries; if a process of the system has ended for good, the error names it.
     *
     * @param what is followed, for the error message
     */
    public JsonNode poll(Rest service, String path, String what) {
        mustBeAlive();
        for (int failures = 1; ; failures++) {
            try {
                return service.get(path);
            } catch (Rest.Unreachable | Missing away) {
                // Another command may be starting the service again, which knows nothing before it is ready.
                if (isOwn()) {
                    throw away;
                }
                if (failures == TRIES) {
                    throw new UserError(away.getMessage() + "; " + what + " goes on when the system is started again");
                }
                pause(1_000);
            }
        }
    }

    /** Notes that this process ordered a run or a scoring. */
    void owns(String name) {
        mine.add(name);
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
        stop(() -> !exiting);
        if (hook != null) {
            hook.close();
        }
    }

    private void interrupted() {
        exiting = true;
        if (isOwn()) {
            System.err.println(System.lineSeparator() + "dietsb: stopping");
        }
        stop(() -> ctrlC.presses() == 1);
    }

    /** Stops the system; before, as long as the condition holds, waits for the runs of others if it stays for these. */
    private synchronized void stop(BooleanSupplier patient) {
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
            awaitOthers(patient);
            own.close();
        }
    }

    private void awaitOthers(BooleanSupplier patient) {
        String others = String.join(", ", runsOfOthers());
        if (others.isEmpty()) {
            return;
        }
        if (staysForOthers && patient.getAsBoolean()) {
            System.err.println("dietsb: another command's run is not over (" + others
                    + "): the system stays up until it is; Ctrl-C stops it now");
        }
        while (!others.isEmpty() && staysForOthers && patient.getAsBoolean()) {
            pause(300);
            others = String.join(", ", runsOfOthers());
        }
        if (!others.isEmpty()) {
            System.err.println("dietsb: interrupted, and resumes when the system is started again: " + others);
        }
    }

    /** Returns the runs that are not over and not of this process; none if the trainer or the system is gone. */
    private List<String> runsOfOthers() {
        try {
            mustBeAlive();
            return NextPage.all(trainer, "/runs?state=QUEUED,RUNNING&limit=1000").stream()
                    .filter(Work::isAwaited)
                    .map(run -> run.path("runId").asText())
                    .filter(id -> !mine.contains(id))
                    .toList();
        } catch (UserError gone) {
            return List.of();
        }
    }
}
