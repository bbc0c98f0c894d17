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
        if (selected < 0 || selected > announced) {
            throw new IllegalArgumentException(
                    "selected is " + selected + ", allowed is [0, " + announced + "], what was announced");
        }
    }
}
