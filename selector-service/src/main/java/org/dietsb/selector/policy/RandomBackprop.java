package org.dietsb.selector.policy;

import java.util.Arrays;
import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.LossHistory;

/**
 * Selects exactly round(keep n) examples of a batch, uniformly, without replacement: each draws a number, and the smallest are taken.
 * No selection pass. Source: the poster's Random-Backprop; also Raju et al. 2021 (arXiv 2111.12621).
 *
 * @param keep share of the batch, in (0, 1]
 */
record RandomBackprop(double keep) implements BatchRule {

    @Override
    public boolean wantsLosses() {
        return false;
    }

    @Override
    public int[] select(Batch batch, LossHistory history) {
        RandomStream chance = batch.chance("mask-random");
        double[] drawn = new double[batch.size()];
        Arrays.setAll(drawn, chance::uniform);
        return Smallest.places(drawn, BatchRule.count(keep, batch.size()));
    }

    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        double[] equal = new double[batch.size()];
        Arrays.fill(equal, (double) BatchRule.count(keep, batch.size()) / batch.size());
        return equal;
    }
}
