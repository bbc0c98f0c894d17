package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.UserError;

import java.time.Duration;
import java.util.List;

/** A run that this process ordered: if it leaves before the run is over, it cancels it. */
public final class OwnRun implements Runnable {
    private static final List<String> GOING = List.of("QUEUED", "RUNNING");
    private static final Duration UNTIL_OBEYED = Duration.ofSeconds(10);

    private final LocalSystem system;
    private final String id;

    public OwnRun(LocalSystem system, String id) {
        this.system = system;
        this.id = id;
    }

    /** From now on it is cancelled when the system stops, or by the next process if this one is killed. */
    public OwnRun guarded() {
        if (system.isOwn()) {
            Home.ofUser().remember(id);
        }
        system.beforeStop(this);
        return this;
    }

    public void isOver() {
        system.forget(this);
        if (system.isOwn()) {
            Home.ofUser().forget(id);
        }
    }

    public static boolean isGoing(String state) {
        return GOING.contains(state);
    }

    /** Of a process that leaves; where the trainer is gone or busy, the next process will see to it. */
    @Override
    public void run() {
        try {
            if (isCancelled() && system.isOwn()) {
                Home.ofUser().forget(id);
            }
        } catch (UserError gone) {
            // It stays remembered.
        }
    }

    /** Of a process that was killed. */
    void cancelLeftBehind() {
        try {
            if (isGoing(state())) {
                System.out.println("Run " + id + " was left unfinished by an earlier dietsb: it is cancelled");
                if (!isCancelled()) {
                    return;
                }
            }
        } catch (UserError unknown) {
            // No run of this name: nothing to cancel.
        }
        Home.ofUser().forget(id);
    }

    /** Asks for it, and waits a while until its trainer has obeyed, which it does at its next batch. */
    private boolean isCancelled() {
        long deadline = System.nanoTime() + UNTIL_OBEYED.toNanos();
        system.trainer.delete("/runs/" + id);
        while (isGoing(state())) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            system.mustBeAlive();
            LocalSystem.pause(100);
        }
        return true;
    }

    private String state() {
        return system.trainer.get("/runs/" + id).path("state").asText();
    }
}
