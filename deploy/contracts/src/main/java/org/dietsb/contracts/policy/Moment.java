package org.dietsb.contracts.policy;

import static org.dietsb.contracts.Bounds.require;

/** A moment of a run, given by its epochs or by its progress. */
public sealed interface Moment {

    /** Returns whether a place of the run is at this moment or after it. */
    boolean isReachedAt(Place place);

    /**
     * A place of a run.
     *
     * @param epoch from 1; 0 before the run begins
     * @param progress share of the run's length that was announced before, in [0, 1]
     */
    record Place(int epoch, double progress) {}

    /** The beginning of an epoch, from 1. */
    record EpochBegins(int epoch) implements Moment {
        public EpochBegins {
            require(epoch >= 1, "epoch", epoch, "1 or more");
        }

        @Override
        public boolean isReachedAt(Place place) {
            return place.epoch >= epoch;
        }
    }

    /** A share of the run's length, in [0, 1]. */
    record Progress(double share) implements Moment {
        public Progress {
            require(share >= 0 && share <= 1, "progress", share, "[0, 1]");
        }

        @Override
        public boolean isReachedAt(Place place) {
            return place.progress >= share;
        }
    }
}
