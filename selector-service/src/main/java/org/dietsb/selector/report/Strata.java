package org.dietsb.selector.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Means over a whole epoch, estimated from its last batches: these are some of the losses, of all of which the counts by size are known. Each
 * size counts as it does in the epoch (post-stratification), so that the estimate strays less than the batches do.
 */
final class Strata {
    private Strata() {}

    /**
     * Returns the estimated mean of a figure over the examples of the epoch.
     *
     * @param losses [N] of the examples of the last batches, in nats; N from 1
     * @param figures [N] of these
     */
    static double mean(RunReport run, float[] losses, double[] figures) {
        double[] weights = weights(run);
        int[] seen = new int[weights.length];
        double[] sums = new double[weights.length];
        for (int place = 0; place < losses.length; place++) {
            int bin = LossCounts.bin(losses[place]);
            seen[bin]++;
            sums[bin] += figures[place];
        }
        double sum = 0;
        double all = 0;
        for (int bin = 0; bin < weights.length; bin++) {
            if (seen[bin] > 0) {
                sum += weights[bin] * sums[bin] / seen[bin];
                all += weights[bin];
            }
        }
        return all > 0 ? sum / all : Arrays.stream(figures).average().orElse(0);
    }

    /** Returns how many losses of each size the epoch has that has most, of two the later one. */
    private static double[] weights(RunReport run) {
        Optional<List<Long>> counts =
                run.epochs().stream().map(epoch -> epoch.losses().seen()).max(Comparator.comparingLong(Strata::sum));
        double[] weights = new double[LossCounts.bounds().length + 1];
        counts.filter(of -> of.size() == weights.length).ifPresent(of -> {
            for (int bin = 0; bin < weights.length; bin++) {
                weights[bin] = of.get(bin);
            }
        });
        return weights;
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
