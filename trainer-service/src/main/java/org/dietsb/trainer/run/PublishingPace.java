package org.dietsb.trainer.run;

import java.util.function.LongSupplier;

/** Decides when a run is published: changes at once, unless they follow one another too fast, and positions about twice a second. */
final class PublishingPace {
    private static final long BETWEEN_POSITIONS_NANOS = 500_000_000;
    /** Number of changes that are published at once; later ones with the position, if they come faster than positions. */
    private static final int CHANGES_AT_ONCE = 20;

    private final LongSupplier nanos;
    private long lastPosition;
    private double changesLeft = CHANGES_AT_ONCE;
    private long lastChange;

    PublishingPace(LongSupplier nanos) {
        this.nanos = nanos;
        this.lastPosition = nanos.getAsLong();
        this.lastChange = lastPosition;
    }

    /** Returns whether a position is to be published that was reached now. */
    boolean allowsPosition() {
        long now = nanos.getAsLong();
        boolean due = now - lastPosition > BETWEEN_POSITIONS_NANOS;
        if (due) {
            lastPosition = now;
        }
        return due;
    }

    /** Returns whether a change is to be published that occurred now. */
    boolean allowsChange() {
        long now = nanos.getAsLong();
        changesLeft = Math.min(CHANGES_AT_ONCE, changesLeft + (double) (now - lastChange) / BETWEEN_POSITIONS_NANOS);
        lastChange = now;
        boolean left = changesLeft >= 1;
        if (left) {
            changesLeft--;
        }
        return left;
    }
}
