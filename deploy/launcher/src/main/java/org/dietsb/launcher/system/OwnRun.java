package org.dietsb.launcher.system;

import java.time.Duration;
import java.util.List;
import org.dietsb.launcher.text.UserError;

/** A run that this process ordered. It is cancelled if the process ends before the run does. */
public final class OwnRun implements Runnable {
    private static final List<String> ACTIVE = List.of("QUEUED", "RUNNING");
    private static final Duration UNTIL_CANCELLED = Duration.ofSeconds(10);

    private final LocalSystem system;
    private final String id;

    public OwnRun(LocalSystem system, String id) {
        this.system = system;
        this.id = id;
    }

    /** Has the run cancelled when the system stops, or by the next process if this one is killed. */
    public OwnRun guarded() {
        if (system.isOwn()) {
            Home.ofUser().remember(id);
        }
        system.beforeStop(this);
        return this;
    }

    /** Ends the guard, because the run is over. */
    public void isOver() {
        system.forget(this);
        if (system.isOwn()) {
            Home.ofUser().forget(id);
        }
    }

    /** Whether a run in this state is not over. */
    public static boolean isGoing(String state) {
        return ACTIVE.contains(state);
    }

    /** Cancels the run as the process ends. If the trainer is gone or busy, the next process cancels it. */
    @Override
    public void run() {
        try {
            if (isCancelled() && system.isOwn()) {
                Home.ofUser().forget(id);
            }
        } catch (UserError gone) {
            // The run stays recorded.
        }
    }

    /** Cancels the run of a process that was killed. */
    void cancelLeftBehind() {
        try {
            if (isGoing(state())) {
                System.out.println("Run " + id + " was left unfinished by an earlier dietsb and is cancelled");
                if (!isCancelled()) {
                    return;
                }
            }
        } catch (UserError unknown) {
            // The run is unknown: nothing to cancel.
        }
        Home.ofUser().forget(id);
    }

    /** Requests the cancellation and waits for it. The trainer stops at its next batch. */
    private boolean isCancelled() {
        long deadline = System.nanoTime() + UNTIL_CANCELLED.toNanos();
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
