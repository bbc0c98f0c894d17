package org.dietsb.launcher.option;

import org.dietsb.launcher.text.Format;

/** A kind of policy, written as in JSON. */
public enum Kind {
    BASELINE(false, false, false),
    RANDOM(true, false, false),
    SELECTIVE(true, true, false),
    DIET(false, false, true),
    DIET_SELECTIVE(true, true, true),
    DIET_RANDOM(true, false, true),
    INFOBATCH(false, false, false),
    REPB(false, false, false),
    REPLAY(true, false, false);

    private final boolean selects;
    private final boolean byLoss;
    private final boolean diet;

    Kind(boolean selects, boolean byLoss, boolean diet) {
        this.selects = selects;
        this.byLoss = byLoss;
        this.diet = diet;
    }

    /** Whether it leaves out some of each batch. */
    public boolean selects() {
        return selects;
    }

    /** Whether it leaves out some of what a diet would leave, by batch or by epoch. */
    boolean prunes() {
        return selects || this == INFOBATCH || this == REPB;
    }

    /** Whether it has a keep of its own. */
    boolean hasKeep() {
        return prunes() && this != REPLAY;
    }

    /** Whether it judges a batch by its losses. */
    public boolean byLoss() {
        return byLoss;
    }

    /** Whether it leaves out examples for good, before training. */
    public boolean hasDiet() {
        return diet;
    }

    @Override
    public String toString() {
        return Format.word(this);
    }
}
