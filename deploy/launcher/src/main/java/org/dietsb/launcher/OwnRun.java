package org.dietsb.launcher;

import java.time.Duration;
import java.util.List;

/** A run that this process ordered: if it leaves before the run is over, it cancels it. */
final class OwnRun implements Runnable {
    private static final List<String> GOING = List.of("QUEUED", "RUNNING");
    private static final Duration UNTIL_OBEYED = Duration.ofSeconds(20);

    private final LocalSystem system;
    private final String id;

    OwnRun(LocalSystem system, String id) {
        this.system = system;
        this.id = id;
    }

    /** From now on it is cancelled when the system stops, or by the next process if this one is killed. */
    OwnRun guarded() {
        if (system.isOwn()) {
            Home.ofUser().remember(id);
        }
        system.beforeStop(this);
        return this;
    }

    void isOver() {
        system.forget(this);
        if (system.isOwn()) {
            Home.ofUser().forget(id);
        }
    }

    static boolean isGoing(String state) {
        return GOING.contains(state);
    }

    /** Of a process that leaves; where the trainer is gone already, the next process will see to it. */
    @Override
    public void run() {
        try {
            cancel();
        } catch (UserError gone) {
            return;
        }
        if (system.isOwn()) {
            Home.ofUser().forget(id);
        }
    }

    /** Of a process that was killed. */
    void cancelLeftBehind() {
        try {
            if (isGoing(state())) {
                System.out.println("Run " + id + " was left unfinished by an earlier dietsb: it is cancelled");
                cancel();
            }
        } catch (UserError unknown) {
            // No run of this name: nothing to cancel.
        }
        Home.ofUser().forget(id);
    }

    /** An order that is not done is delivered again to the next trainer that starts: so waits until it is obeyed. */
    private void cancel() {
        long deadline = System.nanoTime() + UNTIL_OBEYED.toNanos();
        system.trainer.delete("/runs/" + id);
        while (isGoing(state()) && System.nanoTime() < deadline) {
            system.mustBeAlive();
            LocalSystem.pause(100);
        }
    }

    private String state() {
        return system.trainer.get("/runs/" + id).path("state").asText();
    }
}
