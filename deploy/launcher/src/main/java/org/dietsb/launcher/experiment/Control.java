package org.dietsb.launcher.experiment;

import java.util.EnumSet;
import java.util.Set;

/** What a cell is trained for, if it is no method of the experiment but the control of one. */
public sealed interface Control {

    /**
     * Everything, for as many passes as the method costs, in batches of the size with which these take as many steps as the method, the
     * learning rate fully decayed over them. A method that is not above it is no better than training less.
     *
     * @param passes budget in passes over the training set
     * @param batchSize examples of a batch
     */
    record EqualCost(double passes, int batchSize) implements Control {}

    /**
     * As many examples of each epoch and batch as the method selected, at random. A method that is not above it gains nothing by its
     * choice.
     *
     * @param of the method
     */
    record RandomLike(Cell of) implements Control {}

    /** Which controls an experiment wants. */
    enum Wish {
        COST,
        RANDOM;

        /** Both. */
        static final Set<Wish> ALL = EnumSet.allOf(Wish.class);
    }
}
