package org.dietsb.launcher.follow;

import org.dietsb.launcher.text.Format;

/** Says which of several runs is followed, and how long the rest will take if they take as long as those before. */
public final class Countdown {
    private final int runs;
    private final long begun;
    private int followed;

    /**
     * Begins to count.
     *
     * @param runs number of runs in all
     * @param begun when the first of them was ordered, by {@link System#nanoTime}
     */
    public Countdown(int runs, long begun) {
        this.runs = runs;
        this.begun = begun;
    }

    /**
     * Returns a line about the next run, empty if there is only one.
     *
     * @param now time by {@link System#nanoTime}
     */
    public String next(String name, long now) {
        int over = followed;
        followed++;
        if (runs < 2) {
            return "";
        }
        double minutes = over == 0 ? 0 : (now - begun) / 60e9 / over * (runs - over);
        return Format.text("Run %d of %d: %s", followed, runs, name)
                + (over == 0 ? "" : Format.text(", about %.0f min left in all", Math.max(1, minutes)))
                + System.lineSeparator();
    }
}
