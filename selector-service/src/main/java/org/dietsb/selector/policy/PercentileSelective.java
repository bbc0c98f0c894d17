package org.dietsb.selector.policy;

import java.util.Arrays;
import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.LossHistory;

/**
 * Selective-Backprop by percentile (Jiang et al. 2019, arXiv 1910.00762, section 3). The losses of the batch are appended to a history
 * of the last R. Each example is selected independently with probability {@code (share of the history strictly below its loss)^beta}.
 * {@code beta = 1/keep - 1}, so that the expected keep is {@code 1/(beta + 1) = keep}. If all probabilities are 0 (all losses equal),
 * the batch is judged at random with the same keep, so that training never starves.
 *
 * @param keep expected share of a batch, in (0, 1]
 * @param historySize R, at least the batch size
 */
record PercentileSelective(double keep, int historySize) implements BatchRule {
    /** Bound on the difference of {@link Math#pow} and {@link StrictMath#pow}: both are within an ulp of the power, which is at most 1. */
    private static final double CLOSE = 1e-12;

    @Override
    public boolean wantsLosses() {
        return true;
    }

    @Override
    public int[] select(Batch batch, LossHistory history) {
        double[] shares = shares(batch.losses(), history);
        double beta = beta();
        RandomStream chance = batch.chance("mask-percentile");
        int[] selected = new int[shares.length];
        int count = 0;
        for (int place = 0; place < shares.length; place++) {
            if (isBelowPower(chance.uniform(place), shares[place], beta)) {
                selected[count++] = place;
            }
        }
        if (count == 0 && Arrays.stream(shares).allMatch(share -> StrictMath.pow(share, beta) == 0)) {
            return new RandomBackprop(keep).select(batch, history);
        }
        return Arrays.copyOf(selected, count);
    }

    /** Whether {@code drawn < share^beta} by StrictMath, equal on any machine; unless the two are close, the faster Math decides. */
    private static boolean isBelowPower(double drawn, double share, double beta) {
        double power = Math.pow(share, beta);
        return drawn < (Math.abs(drawn - power) > CLOSE ? power : StrictMath.pow(share, beta));
    }

    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        LossHistory copy = new LossHistory(historySize);
        copy.append(history.with(new float[0], historySize));
        return Arrays.stream(shares(batch.losses(), copy))
                .map(share -> StrictMath.pow(share, beta()))
                .toArray();
    }

    private double beta() {
        return 1 / keep - 1;
    }

    /** Appends the losses; returns the share of the history strictly below each, [B]. */
    private double[] shares(float[] losses, LossHistory history) {
        int[] below = history.appendAndCountBelow(losses, historySize);
        double[] shares = new double[below.length];
        for (int place = 0; place < shares.length; place++) {
            shares[place] = (double) below[place] / history.count(historySize);
        }
        return shares;
    }
}
