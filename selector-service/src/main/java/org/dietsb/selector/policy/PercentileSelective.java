package org.dietsb.selector.policy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.dietsb.selector.history.LossHistory;

/**
 * Selective-Backprop by percentile (Jiang et al. 2019, arXiv 1910.00762, section 3): the batch's losses join a history of the
 * last R; an example is selected, independently of the others, with probability {@code (share of the history strictly below
 * its loss)^beta}. {@code beta = 1/keep - 1}, so that the expected keep is {@code 1/(beta + 1) = keep}. Where all
 * probabilities are 0 (all losses equal), the batch is judged at random at the same keep, so that training never starves.
 *
 * @param keep expected share of a batch, in (0, 1]
 * @param historySize R, at least the batch size
 */
record PercentileSelective(double keep, int historySize) implements BatchRule {

    @Override
    public boolean wantsLosses() {
        return true;
    }

    @Override
    public int[] select(Batch batch, LossHistory history) {
        double[] probabilities = probabilities(batch, history);
        history.append(batch.losses());
        if (Arrays.stream(probabilities).allMatch(probability -> probability == 0)) {
            return new RandomBackprop(keep).select(batch, history);
        }
        return IntStream.range(0, batch.size())
                .filter(place -> batch.uniform("mask-percentile", place) < probabilities[place])
                .toArray();
    }

    @Override
    public double[] probabilities(Batch batch, LossHistory history) {
        float[] sorted = history.with(batch.losses(), historySize);
        Arrays.sort(sorted);
        double beta = 1 / keep - 1;
        double[] probabilities = new double[batch.size()];
        for (int place = 0; place < probabilities.length; place++) {
            double share = (double) countBelow(sorted, batch.losses()[place]) / sorted.length;
            probabilities[place] = StrictMath.pow(share, beta);
        }
        return probabilities;
    }

    private static int countBelow(float[] sorted, float loss) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < loss) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
