package org.dietsb.faults;

import java.time.Duration;

/**
 * Something that is to befall a part of the system.
 *
 * @param atBatch when so many batches of the run have been announced
 * @param hold until it is over: the part is started again, or goes on
 */
record Fault(Where where, Kind kind, int atBatch, Duration hold) {
    enum Where {
        SELECTOR,
        TRAINER,
        BROKER,
        SCORER;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    enum Kind {
        /** kill -9, and another is started. */
        KILL,
        /** SIGSTOP, then SIGCONT. */
        STOP,
        /** SIGTERM, and another is started when it has ended. */
        RESTART,
        /** Its connections to the broker, or the broker's to all, are dropped and new ones refused; then no more. */
        CUT;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return "%s %s at batch %d for %.1f s".formatted(kind, where, atBatch, hold.toMillis() / 1e3);
    }
}
