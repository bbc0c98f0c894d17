package org.dietsb.selector.policy;

import java.util.Arrays;
import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.LossHistory;
import org.dietsb.selector.history.LossOrder;

/**
 * Selective-Backprop by rank within the batch (MosaicML Composer). Draws exactly round(keep n) examples one after the other, without
 * replacement, with weight {@code ((rank + 1/2) / n)^(1/keep - 1)}; rank 0 is the lowest loss, equal losses rank by position. Jiang et
 * al. 2019 rank against a history and draw each example independently; in exchange, the cost here is exact.
 *
 * <p>Implemented as a race (Efraimidis and Spirakis 2006): example i arrives at {@code -ln(u_i) / w_i} and the first arrivals are
 * selected, which has the same distribution.
 *
 * @param keep share of the batch, in (0, 1]
 */
record RankSelective(double keep) implements BatchRule {
    /** Largest batch whose inclusion probabilities are integrated; larger ones use the limit. */
    private static final int LARGEST_INTEGRATED = 64;

    private static final int GRID = 2_000;

    @Override
    public boolean wantsLosses() {
        return true;
    }

    @Override
    public int[] select(Batch batch, LossHistory history) {
        history.append(batch.losses());
        double[] logWeights = logWeights(batch.losses());
        RandomStream chance = batch.chance("mask-rank");
        double[] arrivals = new double[logWeights.length];
        // In logarithms: with a small keep the weights underflow, and all examples would arrive at infinity.
        Arrays.setAll(arrivals, i -> StrictMath.log(-StrictMath.log(chance.uniform(i))) - logWeights[i]);
        return Smallest.places(arrivals, BatchRule.count(keep, arrivals.length));
    }

    /** Returns the logarithm of the weight of each example, [B], below 0. */
    private double[] logWeights(float[] losses) {
        int[] order = LossOrder.places(losses);
        double[] logWeights = new double[losses.length];
        for (int rank = 0; rank < order.length; rank++) {
            logWeights[order[rank]] = (1 / keep - 1) * StrictMath.log((rank + .5) / order.length);
        }
        return logWeights;
    }

    /** Returns the weight of each example, [B], relative to the largest; values that would underflow are clamped. */
    double[] weights(float[] losses) {
        double[] logWeights = logWeights(losses);
        double largest = Arrays.stream(logWeights).max().orElse(0);
        return Arrays.stream(logWeights)
                .map(logWeight -> StrictMath.exp(Math.max(logWeight - largest, -600)))
                .toArray();
    }

    /**
     * Returns the probability that each example is among the first to arrive, integrated numerically over the time of the last
     * selected arrival: {@code P(i) = integral of w_i exp(-w_i t) P(fewer than m of the others have arrived by t) dt}, to three digits.
     * For batches of more than 64 examples returns the limit with a fixed time T: {@code P(i) = 1 - exp(-w_i T)}, T such that the sum
     * is m; its error is less than 0.01.
     */
    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        double[] weights = weights(batch.losses());
        int m = BatchRule.count(keep, weights.length);
        double[] probabilities = new double[weights.length];
        if (m == weights.length) {
            Arrays.fill(probabilities, 1);
            return probabilities;
        }
        if (weights.length > LARGEST_INTEGRATED) {
            return limit(weights, m);
        }
        for (int i = 0; i < weights.length; i++) {
            double sum = 0;
            for (int step = 0; step < GRID; step++) {
                // x = exp(-w_i t) runs evenly through (0, 1).
                double time = -StrictMath.log((step + .5) / GRID) / weights[i];
                sum += fewerThan(m, weights, i, time);
            }
            probabilities[i] = sum / GRID;
        }
        return probabilities;
    }

    static double[] limit(double[] weights, int m) {
        double low = -700;
        double high = 700;
        for (int step = 0; step < 100; step++) {
            double middle = (low + high) / 2;
            if (Arrays.stream(arrivedBy(StrictMath.exp(middle), weights)).sum() < m) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return arrivedBy(StrictMath.exp(low), weights);
    }

    private static double[] arrivedBy(double time, double[] weights) {
        return Arrays.stream(weights)
                .map(weight -> -StrictMath.expm1(-weight * time))
                .toArray();
    }

    private static double fewerThan(int m, double[] weights, int but, double time) {
        double[] arrived = new double[m];
        arrived[0] = 1;
        for (int j = 0; j < weights.length; j++) {
            if (j != but) {
                double here = -StrictMath.expm1(-weights[j] * time);
                for (int count = m - 1; count > 0; count--) {
                    arrived[count] += here * (arrived[count - 1] - arrived[count]);
                }
                arrived[0] *= 1 - here;
            }
        }
        return Arrays.stream(arrived).sum();
    }
}
