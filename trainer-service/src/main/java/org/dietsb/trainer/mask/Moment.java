package org.dietsb.trainer.mask;

/** A moment of a run, by its epochs or by its progress. */
public sealed interface Moment {

    /**
     * Whether a place of the run is at this moment or after it.
     *
     * @param epoch from 1
     * @param progress share of the run's length that was announced before, in [0, 1]
     */
    boolean isReached(int epoch, double progress);

    /** The beginning of an epoch, from 1. */
    record EpochBegins(int epoch) implements Moment {
        public EpochBegins {
            require(epoch >= 1, "epoch", epoch, "1 or more");
        }

        @Override
        public boolean isReached(int atEpoch, double progress) {
            return atEpoch >= epoch;
        }
    }

    /** A share of the run's length, in [0, 1]. */
    record Progress(double share) implements Moment {
        public Progress {
            require(share >= 0 && share <= 1, "progress", share, "[0, 1]");
        }

        @Override
        public boolean isReached(int epoch, double progress) {
            return progress >= share;
        }
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }
}
