package org.dietsb.launcher.system;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/**
 * Watches the processes of a system, and starts again what ended or reports that a part of it is dead. Runs go on: the broker keeps
 * their orders, and their trainer its checkpoints. Gives up if one of them ends too often.
 */
final class Supervisor {
    private static final int MOST_RESTARTS = 3;
    private static final long WINDOW_MINUTES = 10;
    private static final long LOOK_MILLIS = 200;
    /** Looks between questions whether a living process has a dead part. */
    private static final int LOOKS_PER_QUESTION = 25;

    private final Processes processes;
    private final Home home;
    private final int brokerPort;
    private final LongSupplier nanoTime;
    private final Map<String, Deque<Long>> restarts = new HashMap<>();
    private final Set<String> suspected = new HashSet<>();
    private final Set<String> returning = ConcurrentHashMap.newKeySet();
    private volatile @Nullable String givenUp;

    /** Watches nothing yet. */
    Supervisor(Processes processes, Home home, int brokerPort, LongSupplier nanoTime) {
        this.processes = processes;
        this.home = home;
        this.brokerPort = brokerPort;
        this.nanoTime = nanoTime;
    }

    /** Begins to watch, in a thread that ends with this process or when the supervisor gives up. */
    Supervisor begun() {
        Thread thread = new Thread(this::watch, "supervisor");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** Fails, in one line, if the supervisor has given up. */
    void mustHold() {
        String why = givenUp;
        if (why != null) {
            throw new UserError(why);
        }
    }

    /** Whether a service was started again and is not ready yet. */
    boolean isReturning(String name) {
        return returning.contains(name);
    }

    private void watch() {
        try {
            for (int look = 1; ; look++) {
                look(look % LOOKS_PER_QUESTION == 0);
                LocalSystem.pause(LOOK_MILLIS);
            }
        } catch (UserError end) {
            givenUp = String.valueOf(end.getMessage());
        }
    }

    /** Looks once at every process. */
    private void look(boolean ask) {
        processes.brokersObituary().ifPresent(obituary -> {
            announce("broker", obituary);
            processes.startBroker(brokerPort);
        });
        for (ServiceProcess service : processes.started()) {
            if (!service.isAlive()) {
                restart(service, service.obituary());
            } else if (returning.contains(service.name())) {
                if (service.isReady()) {
                    returning.remove(service.name());
                }
            } else if (ask) {
                service.deadPart()
                        .ifPresentOrElse(part -> suspect(service, part), () -> suspected.remove(service.name()));
            }
        }
    }

    /** Restarts a service that reports the same twice: it may have been about to end by itself. */
    private void suspect(ServiceProcess service, String part) {
        if (!suspected.add(service.name())) {
            suspected.remove(service.name());
            restart(service, "the " + service.name() + " reports that it is dead (" + part + ")");
        }
    }

    private void restart(ServiceProcess service, String why) {
        announce(service.name(), why);
        returning.add(service.name());
        processes.restart(service);
    }

    private void announce(String name, String why) {
        processes.mustBeOpen();
        mayRestart(name, why);
        System.err.println("dietsb: " + why + "; it is started again");
    }

    /** Counts a restart, and fails if there were too many or if the disk is full. */
    void mayRestart(String name, String why) {
        Home.mustHaveSpace(home.folder());
        Deque<Long> times = restarts.computeIfAbsent(name, first -> new ArrayDeque<>());
        long now = nanoTime.getAsLong();
        times.removeIf(then -> now - then > TimeUnit.MINUTES.toNanos(WINDOW_MINUTES));
        if (times.size() == MOST_RESTARTS) {
            throw new UserError(why + "; it ended " + (MOST_RESTARTS + 1) + " times within " + WINDOW_MINUTES
                    + " minutes and is not started again");
        }
        times.add(now);
    }
}
