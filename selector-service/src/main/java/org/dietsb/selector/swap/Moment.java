package org.dietsb.selector.swap;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A moment of a run, by its epochs or by its progress. */
public sealed interface Moment {

    /** Whether a place of the run is at this moment or after it. */
    boolean isReachedAt(Place place);

    /**
     * A place of a run.
     *
     * @param epoch from 1; 0 before the run has begun
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

    /** As JSON, one of the two. */
    @Schema(name = "Moment")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Json(@Nullable Integer epoch, @Nullable Double progress) {

        static @Nullable Json of(@Nullable Moment moment) {
            if (moment instanceof EpochBegins begins) {
                return new Json(begins.epoch, null);
            }
            return moment instanceof Progress progress ? new Json(null, progress.share) : null;
        }
    }

    private static void require(boolean holds, String field, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed);
        }
    }
}
