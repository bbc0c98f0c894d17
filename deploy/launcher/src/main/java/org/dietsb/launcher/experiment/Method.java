package org.dietsb.launcher.experiment;

import org.dietsb.launcher.text.Format;

/** A kind of policy in an experiment. */
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

    /** Returns the name in the poster, or a similar one. */
    public String title() {
        return title;
    }

    /** Whether the method selects some examples of each batch. */
    public boolean selects() {
        return selects;
    }

    /** Whether the method selects examples per epoch, by the losses of the training steps. */
    boolean byEpoch() {
        return this == INFOBATCH || this == REPB;
    }

    /** Whether the method selects by the losses of a batch. */
    public boolean byLoss() {
        return byLoss;
    }

    /** Whether the method drops examples before training. */
    public boolean hasDiet() {
        return diet;
    }

    @Override
    public String toString() {
        return Format.word(this);
    }
}
