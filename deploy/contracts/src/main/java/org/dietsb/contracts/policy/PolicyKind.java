package org.dietsb.contracts.policy;

import java.util.List;
import org.dietsb.contracts.Label;

/** The method of a policy. Its string form is the label that JSON and the command line use. */
public enum PolicyKind {
    BASELINE(Judges.NOTHING, false),
    RANDOM(Judges.BATCHES, false),
    SELECTIVE(Judges.BATCHES_BY_LOSS, false),
    DIET(Judges.NOTHING, true),
    DIET_SELECTIVE(Judges.BATCHES_BY_LOSS, true),
    DIET_RANDOM(Judges.BATCHES, true),
    INFOBATCH(Judges.EPOCHS_BY_LOSS, false),
    REPB(Judges.EPOCHS_BY_LOSS, false, Parameter.CAP),
    /** Repeats the masks of another run. */
    REPLAY(Judges.BATCHES, false),
    ORDERDP(Judges.EPOCHS_BY_LOSS, false, Parameter.DRAW),
    RS2(Judges.EPOCHS, false),
    PROGRESSIVE(Judges.EPOCHS_BY_LOSS, false, Parameter.TAU, Parameter.GAMMA, Parameter.RECHECK),
    SETA(Judges.EPOCHS_BY_LOSS, false, Parameter.DROP, Parameter.GROUPS, Parameter.WINDOW),
    /** Selects at random as many examples as the masks of another run: its control. */
    RANDOM_LIKE(Judges.BATCHES, false),
    BLS(Judges.EPOCHS_BY_LOSS, false, Parameter.SMOOTHING),
    IES(Judges.EPOCHS_BY_LOSS, false, Parameter.DELTA, Parameter.RECHECK),
    RHO(Judges.BATCHES_BY_LOSS, false),
    RCAP(Judges.EPOCHS_BY_LOSS, false, Parameter.BETA);

    private final Judges judges;
    private final boolean diet;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Parameter> parameters;

    PolicyKind(Judges judges, boolean diet, Parameter... parameters) {
        this.judges = judges;
        this.diet = diet;
        this.parameters = List.of(parameters);
    }

    /** Returns whether it selects within each batch. */
    public boolean selects() {
        return judges == Judges.BATCHES || byLoss();
    }

    /** Returns whether it leaves out some of what the diet left, by batch or by epoch. */
    public boolean prunes() {
        return judges != Judges.NOTHING;
    }

    /** Returns whether it judges an epoch as a whole. */
    public boolean byEpoch() {
        return judges == Judges.EPOCHS || byTrainedLosses();
    }

    /** Returns whether it judges an epoch by the losses of the training steps before it. */
    public boolean byTrainedLosses() {
        return judges == Judges.EPOCHS_BY_LOSS;
    }

    /** Returns whether it has a keep of its own. */
    public boolean hasKeep() {
        return prunes() && !replays() && this != PROGRESSIVE && this != SETA && this != IES;
    }

    /** Returns whether its keep is the share of all examples, after the diet, that is trained. */
    public boolean keepsOfAll() {
        return hasKeep() && this != INFOBATCH && this != REPB && this != BLS;
    }

    /** Returns whether it needs the recorded masks of another run. */
    public boolean replays() {
        return this == REPLAY || this == RANDOM_LIKE;
    }

    /** Returns whether it judges batches by their losses. */
    public boolean byLoss() {
        return judges == Judges.BATCHES_BY_LOSS;
    }

    /** Returns whether a {@link Rule} says how it judges a batch by its losses. */
    public boolean hasRule() {
        return byLoss() && this != RHO;
    }

    /** Returns whether it judges by a score set, besides losses; a diet may use one too. */
    public boolean judgesByScores() {
        return this == RHO || this == RCAP;
    }

    /** Returns whether it leaves out examples for good, before training. */
    public boolean hasDiet() {
        return diet;
    }

    /** Returns the numbers that this kind has besides those that every policy has. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** Returns the name that JSON and the command line use. */
    public String label() {
        return Label.of(this);
    }

    @Override
    public String toString() {
        return label();
    }
}
