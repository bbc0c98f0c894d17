package org.dietsb.launcher.experiment;

import org.dietsb.contracts.policy.Policy;

/** A kind of policy with its name in the poster. Its string form is the label that files, orders and the command line use. */
public enum Method {
    BASELINE("baseline"),
    RANDOM("Random"),
    SELECTIVE("SB"),
    DIET("EL2N"),
    DIET_SELECTIVE("Diet-SB"),
    DIET_RANDOM("Diet-Random"),
    INFOBATCH("InfoBatch"),
    REPB("RePB"),
    REPLAY("Replay");

    private final String title;
    private final Policy.Kind kind = Policy.Kind.valueOf(name());

    Method(String title) {
        this.title = title;
    }

    /** Returns its name in the poster, if it has one there. */
    public String title() {
        return title;
    }

    /** Returns whether it leaves out some of each batch. */
    public boolean selects() {
        return kind.selects();
    }

    /** Returns whether it judges an epoch as a whole, by the losses of the training steps. */
    public boolean byEpoch() {
        return kind.byEpoch();
    }

    /** Returns whether it judges a batch by its losses. */
    public boolean byLoss() {
        return kind.byLoss();
    }

    /** Returns whether it leaves out examples for good, before training. */
    public boolean hasDiet() {
        return kind.hasDiet();
    }

    @Override
    public String toString() {
        return kind.label();
    }
}
