package org.dietsb.selector.policy;

import java.util.Arrays;
import org.dietsb.selector.history.LossHistory;

/** Selects every example of every batch: plain training, the baseline of all comparisons. */
record Baseline() implements BatchRule {

    @Override
    public boolean wantsLosses() {
        return false;
    }

    @Override
    public int[] select(Batch batch, LossHistory history) {
        int[] all = new int[batch.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        double[] certain = new double[batch.size()];
        Arrays.fill(certain, 1);
        return certain;
    }
}
