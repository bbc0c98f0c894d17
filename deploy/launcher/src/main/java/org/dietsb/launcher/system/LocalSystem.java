package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * The system: one that is running on this machine or in a cluster, or one that this object starts and stops. Ctrl-C, SIGTERM
 * and the end of this process close it too.
 */
public final class LocalSystem implements AutoCloseable {
    private static final int TRIES = 40;

    public final Rest trainer;
    public final Rest selector;
    public final Rest scorer;
    private final Deque<Runnable> beforeStop = new ArrayDeque<>();
    private final Set<String> mine = ConcurrentHashMap.newKeySet();
    private final Services services;
    private final @Nullable OwnSystem own;
    private final @Nullable Tunnel tunnel;
    private final CtrlC ctrlC = new CtrlC();
    private @Nullable ExitHook hook;
    /** Whether it stays for the runs of others when this process has done its work. */
    private boolean staysForOthers;

    private volatile boolean exiting;
    private volatile boolean closed;

    private LocalSystem(Services services, @Nullable OwnSystem own, @Nullable Tunnel tunnel) {
        this.services = services;
        this.trainer = services.trainer();
        this.selector = services.selector();
        this.scorer = services.scorer();
        this.own = own;
        this.tunnel = tunnel;
        if (own != null) {
            services.all().forEach(service -> service.keptBy(new OwnKeeper(own, () -> closed)));
        }
    }

    /** Returns a system that is expected to be running. Commands that only inspect runs start none. */
    public static LocalSystem up(Target target) {
        if (!target.isCluster()) {
            return up(target.ports);
        }
        Tunnel tunnel = Tunnel.to(target.cluster(), target.ports.access);
        LocalSystem system = new LocalSystem(tunnel.services(), null, tunnel);
        system.hook();
        return system;
    }

    /** Returns the system that is expected to be running on this machine: that of the user's home, unless ports are named. */
    static LocalSystem up(Ports ports) {
        return new LocalSystem(Services.here(ports.orOfSystemIn(Home.ofUser())), null, null);
    }

    /** Returns the running system, or starts one; in a cluster, none is started. */
    public static LocalSystem upOrStarted(Target target, TrainerCount trainers) {
        LocalSystem running = up(target);
        if (running.tunnel != null) {
            System.out.println("Using " + running.tunnel.words() + ".");
            return running;
        }
        return running.orStarted(target.ports, trainers);
    }

    /** Returns the running system of this machine, or starts one. */
    public static LocalSystem upOrStarted(Ports ports, TrainerCount trainers) {
        return up(ports).orStarted(ports, trainers);
    }

    private LocalSystem orStarted(Ports ports, TrainerCount trainers) {
        if (services.missing().isEmpty()) {
            System.out.println("Using the running system.");
            hook();
            return this;
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
    public static LocalSystem running(Target target) {
        LocalSystem running = up(target);
        List<String> missing = running.tunnel == null ? running.services.missing() : List.of();
        if (!missing.isEmpty()) {
            throw new UserError(String.join(", ", missing) + "; start a system with dietsb up");
        }
        return running;
    }

    /** Returns how many runs it trains at a time, which a cluster knows best. */
    public int trainers(int started) {
        return tunnel == null ? started : Math.max(1, tunnel.trainers());
    }

    /** Starts a system and waits until it is ready. */
    public static LocalSystem started(Ports ports, TrainerCount trainers) {
        up(ports).services.mustNotRun();
        OwnSystem own = new OwnSystem(Home.ofUser(), ports, trainers);
        // Its token may be new.
        LocalSystem system = new LocalSystem(Services.here(ports), own, null);
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
        if (tunnel != null) {
            tunnel.close();
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
            return Work.awaited(trainer).filter(id -> !mine.contains(id)).toList();
        } catch (UserError gone) {
            return List.of();
        }
    }
}
