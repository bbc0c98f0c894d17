package org.dietsb.faults.plan;

import java.time.Duration;
import org.dietsb.contracts.Label;
import org.dietsb.launcher.text.Format;

/**
 * A fault that befalls a part of the system.
 *
 * @param atBatch strikes when this many batches of the run have been announced
 * @param hold time until the part is started again, or goes on
 */
public record Fault(Where where, Kind kind, int atBatch, Duration hold) {
    /** The kind of part. */
    public enum Where {
        SELECTOR,
        TRAINER,
        BROKER,
        SCORER
    }

    /** The kind of fault. */
    public enum Kind {
        /** kill -9, then another process is started. */
        KILL,
        /** SIGSTOP, then SIGCONT. */
        STOP,
        /** SIGTERM, then another process is started when this one has ended. */
        RESTART,
        /** A part's connections to the broker, or all connections to it, are dropped and new ones rejected, for a while. */
        CUT
    }

    /** Names the part and the kind. */
    public String name() {
        return Label.of(where) + " " + Label.of(kind);
    }

    @Override
    public String toString() {
        return Format.text(
                "%s %s at batch %d for %.1f s", Label.of(kind), Label.of(where), atBatch, hold.toMillis() / 1e3);
    }
}
