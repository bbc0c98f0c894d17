package org.dietsb.launcher.system;

/** A run or a scoring that this process ordered. It is cancelled if the process ends before it is over. */
public final class OwnRun implements Runnable {
    private final LocalSystem system;
    private final Work work;

    private OwnRun(LocalSystem system, Work work) {
        this.system = system;
        this.work = work;
    }

    /** Has it cancelled when the system stops, or by the next process if this one is killed. */
    public static OwnRun guarded(LocalSystem system, Work work) {
        OwnRun own = new OwnRun(system, work);
        if (system.isOwn()) {
            Home.ofUser().remember(work.name());
        }
        system.owns(work.name());
        system.beforeStop(own);
        return own;
    }

    /** Ends the guard, because the run is over. */
    public void isOver() {
        system.forget(this);
        forget();
    }

    private void forget() {
        if (system.isOwn()) {
            Home.ofUser().forget(work.name());
        }
    }

    /** Cancels it as the process ends. If its service is gone or busy, it stays recorded, and the next process cancels it. */
    @Override
    public void run() {
        if (work.cancelIfPossible()) {
            forget();
        }
    }
}
