package org.dietsb.launcher.experiment;

import java.util.Locale;

/** A kind of policy, and what it leaves out. */
public enum Method {
    BASELINE("baseline", false, false, false),
    RANDOM("Random", true, false, false),
    SELECTIVE("SB", true, true, false),
    DIET("EL2N", false, false, true),
    DIET_SELECTIVE("Diet-SB", true, true, true),
    DIET_RANDOM("Diet-Random", true, false, true),
    INFOBATCH("InfoBatch", false, false, false),
    REPB("RePB", false, false, false),
    REPLAY("Replay", true, false, false);

    private final String title;
    private final boolean selects;
    private final boolean byLoss;
    private final boolean diet;

    Method(String title, boolean selects, boolean byLoss, boolean diet) {
        this.title = title;
        this.selects = selects;
        this.byLoss = byLoss;
        this.diet = diet;
    }

    /** Its name in the poster, where it has one there. */
    public String title() {
        return title;
    }

    /** Whether it leaves out some of each batch. */
    public boolean selects() {
        return selects;
    }

    /** Whether it judges an epoch as a whole, by the losses of the training steps. */
    public boolean byEpoch() {
        return this == INFOBATCH || this == REPB;
    }

    /** Whether it judges a batch by its losses. */
    public boolean byLoss() {
        return byLoss;
    }

    /** Whether it leaves out examples for good, before training. */
    public boolean hasDiet() {
        return diet;
    }

    /** As files, orders and the command line write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
