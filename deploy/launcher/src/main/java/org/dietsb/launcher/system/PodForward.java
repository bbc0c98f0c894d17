package org.dietsb.launcher.system;

import java.util.Optional;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;

/** Two ports of this machine that lead to a ready pod of a service, from its first use on. When the pod ends, they lead to the next. Thread-safe. */
final class PodForward implements Keeper, AutoCloseable {
    private static final int MOST_SECONDS_AWAY = 60;

    private final Release release;
    private final String service;
    private final Ports.Pair local = new Ports.Pair(Launch.freePort(), Launch.freePort());
    private @Nullable Process kubectl;
    private boolean used;

    PodForward(Release release, String service) {
        this.release = release;
        this.service = service;
    }

    /** Returns the client of the service. */
    Rest rest(@Nullable String token) {
        Rest rest = new Rest(service, Place.forwarded(local, release.words(), release.remedy(service)), token);
        rest.keptBy(this);
        return rest;
    }

    @Override
    public synchronized void awaitReady(String name) {
        if (kubectl != null && kubectl.isAlive()) {
            return;
        }
        for (int seconds = 0; ; seconds++) {
            // A pod that was there before has ended: its successor takes a while.
            boolean patient = used && seconds < MOST_SECONDS_AWAY;
            Optional<Process> open = forwarded(patient);
            if (open.isPresent()) {
                kubectl = open.get();
                used = true;
                return;
            }
            if (!patient) {
                throw new Rest.Unreachable("no pod of the " + service + " is ready in " + release.words() + ": "
                        + release.remedy(service));
            }
            LocalSystem.pause(1_000);
        }
    }

    private Optional<Process> forwarded(boolean patient) {
        try {
            return release.forward(service, local);
        } catch (UserError failed) {
            if (patient) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    /** Looks for another pod, as kubectl does not notice every end of one. */
    @Override
    public boolean mayComeBack(int failures) {
        close();
        if (failures > MOST_SECONDS_AWAY) {
            return false;
        }
        LocalSystem.pause(1_000);
        return true;
    }

    @Override
    public synchronized void close() {
        if (kubectl != null) {
            Guard.end(kubectl);
        }
        kubectl = null;
    }
}
