package org.dietsb.selector.report;

import org.jspecify.annotations.Nullable;

/**
 * How an epoch was judged.
 *
 * @param epoch from 1
 * @param firstBatch the first that is counted: 0 if the epoch is counted from its beginning, and not from a checkpoint on
 * @param announced examples
 * @param selected of these
 * @param kept examples of the training set that the diet left; null where it is not known
 */
public record EpochReport(
        int epoch,
        int firstBatch,
        long announced,
        long selected,
        @Nullable Integer kept,
        LossHistogram losses) {

    public EpochReport {
        if (epoch < 1 || firstBatch < 0 || selected < 0 || selected > announced || (kept != null && kept < 0)) {
            throw new IllegalArgumentException("epoch " + epoch + " from batch " + firstBatch + " on has " + selected
                    + " of " + announced + " examples selected, " + kept + " kept; allowed is an epoch from 1, [0, "
                    + announced + "] selected, 0 or more of the others");
        }
    }
}
