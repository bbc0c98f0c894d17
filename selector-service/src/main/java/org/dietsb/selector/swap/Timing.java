package org.dietsb.selector.swap;

import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Moment.EpochBegins;
import org.dietsb.contracts.policy.Moment.Progress;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * When a policy is to be in force, as requested; null means not given.
 *
 * @param fromEpoch epoch with which the policy begins
 * @param afterProgress share of the run after which the policy begins; not with fromEpoch
 * @param untilEpoch epoch before which the policy ends
 * @param forEpochs number of epochs; not with untilEpoch. Without a beginning, the running epoch is the first of them
 */
public record Timing(
        @Nullable Integer fromEpoch,
        @Nullable Double afterProgress,
        @Nullable Integer untilEpoch,
        @Nullable Integer forEpochs) {
    /** From now on to the end of the run. */
    public static final Timing NOW = new Timing(null, null, null, null);

    /**
     * Returns the schedule for a run, from its current place on.
     *
     * @throws IllegalArgumentException naming what is in the run's past or beyond its end, and what is allowed
     */
    Schedule of(RunSheet run) {
        if (fromEpoch != null && afterProgress != null) {
            throw new IllegalArgumentException("fromEpoch and afterProgress are both given, allowed is one of them");
        }
        if (untilEpoch != null && forEpochs != null) {
            throw new IllegalArgumentException("untilEpoch and forEpochs are both given, allowed is one of them");
        }
        Moment from = from(run);
        return new Schedule(from, until(run, from));
    }

    private @Nullable Moment from(RunSheet run) {
        if (fromEpoch != null) {
            within("fromEpoch", fromEpoch, run.place().epoch() + 1, run.lastEpoch(), run);
            return new EpochBegins(fromEpoch);
        }
        if (afterProgress != null) {
            double past = run.place().progress();
            if (!(afterProgress > past && afterProgress < 1)) {
                throw new IllegalArgumentException(
                        "afterProgress is " + afterProgress + ", allowed is (" + past + ", 1): " + where(run));
            }
            return new Progress(afterProgress);
        }
        return null;
    }

    private @Nullable Moment until(RunSheet run, @Nullable Moment from) {
        int first = Math.max(
                1, from == null ? run.place().epoch() : run.placeOf(from).epoch());
        if (untilEpoch != null) {
            within("untilEpoch", untilEpoch, first + 1, run.lastEpoch(), run);
            return new EpochBegins(untilEpoch);
        }
        if (forEpochs == null) {
            return null;
        }
        if (!(from instanceof Progress begin)) {
            within("forEpochs", forEpochs, 1, run.lastEpoch() - first + 1, run);
            return new EpochBegins(first + forEpochs);
        }
        if (run.epochs() == 0) {
            throw new IllegalArgumentException(
                    "forEpochs with afterProgress is not possible yet: the length of the run is"
                            + " known once it has begun");
        }
        within("forEpochs", forEpochs, 1, (int) ((1 - begin.share()) * run.epochs() + 1e-9), run);
        return new Progress(Math.min(1, begin.share() + (double) forEpochs / run.epochs()));
    }

    private static void within(String field, int value, int least, int most, RunSheet run) {
        if (value < least || value > most) {
            String allowed = least > most ? "none" : "[" + least + ", " + most + "]";
            throw new IllegalArgumentException(field + " is " + value + ", allowed is " + allowed + ": " + where(run));
        }
    }

    private static String where(RunSheet run) {
        int epoch = run.place().epoch();
        return epoch == 0
                ? "the run has not begun"
                : "the run is in epoch " + epoch + (run.epochs() == 0 ? "" : " of " + run.lastEpoch());
    }
}
