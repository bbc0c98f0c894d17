package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.mask.MaskInbox;
import org.jspecify.annotations.Nullable;

/** Whether this trainer is shutting down, and how far the running attempt is from a barrier. Thread-safe. */
@Singleton
class Shutdown {
    private volatile boolean begun;
    private volatile @Nullable MaskInbox inbox;
    private volatile @Nullable RunJournal journal;

    boolean hasBegun() {
        return begun;
    }

    /** Begins the shutdown; returns the seconds until the running attempt's next barrier, or a very large number if unknown. */
    double begin() {
        begun = true;
        RunJournal running = journal;
        return running == null ? Double.MAX_VALUE : running.secondsToBarrier();
    }

    /** Stops the running attempt at its next batch, if there is one. */
    void stopAttempt() {
        MaskInbox waiting = inbox;
        if (waiting != null) {
            waiting.offer(new Answer.Stopped());
        }
    }

    /** Stops the running attempt if the shutdown has begun. */
    void stopAttemptIfBegun() {
        if (begun) {
            stopAttempt();
        }
    }

    /** Stops the attempt that waits on this inbox, at once if the shutdown has begun; until {@link #attemptOver}. */
    void attemptOpens(MaskInbox waiting) {
        inbox = waiting;
        stopAttemptIfBegun();
    }

    /** Stops the attempt no sooner than at a barrier that its journal reports as near. */
    void attemptRuns(RunJournal running) {
        journal = running;
    }

    void attemptOver() {
        inbox = null;
        journal = null;
    }
}
