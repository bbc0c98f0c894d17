package org.dietsb.contracts.run;

import java.util.Collection;
import java.util.Comparator;

/** Describes what a queued run waits for. */
public final class Waiting {
    private Waiting() {}

    /**
     * A run that holds a trainer.
     *
     * @param secondsLeft expected; NaN = unknown
     */
    public record Busy(String runId, double secondsLeft) {

        /**
         * Estimates how long a run will hold its trainer.
         *
         * @param epoch the running epoch, from 1; 0 before the first
         * @param epochs length of the run; 0 = unknown
         * @param share of the running epoch that is done, [0, 1]
         * @param epochSeconds mean time of an epoch; NaN = unknown
         */
        public static Busy of(String runId, int epoch, int epochs, double share, double epochSeconds) {
            return new Busy(
                    runId,
                    epochs == 0 ? Double.NaN : Math.max(0, epochs - Math.max(1, epoch) + 1 - share) * epochSeconds);
        }
    }

    /**
     * Returns what a run waits for, such as {@code trainer busy with RUN, about 6 min}.
     *
     * @param busy the running runs
     * @param before number of runs that were queued earlier and wait too
     */
    public static String text(Collection<Busy> busy, long before) {
        String queue = before == 0 ? "" : before == 1 ? "; 1 run is before it" : "; " + before + " runs are before it";
        return busy.stream()
                        .min(Comparator.comparingDouble(Busy::secondsLeft))
                        .map(first -> (busy.size() == 1
                                        ? "trainer busy with "
                                        : busy.size() + " trainers busy, the first with ")
                                + first.runId
                                + about(first.secondsLeft))
                        .orElse("an idle trainer")
                + queue;
    }

    private static String about(double seconds) {
        if (Double.isNaN(seconds)) {
            return "";
        }
        if (seconds < 90) {
            return ", about " + Math.max(1, Math.round(seconds)) + " s";
        }
        return seconds < 5_400
                ? ", about " + Math.round(seconds / 60) + " min"
                : ", about " + Math.round(seconds / 3_600) + " h";
    }
}
