package org.dietsb.selector.report;

import org.jspecify.annotations.Nullable;

/**
 * Counts of an epoch.
 *
 * @param epoch from 1
 * @param firstBatch the first batch counted: 0 unless the counts begin at a checkpoint
 * @param announced number of announced examples
 * @param selected number of selected examples
 * @param kept number of training examples that the diet left; null if unknown
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
