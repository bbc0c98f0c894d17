package org.dietsb.selector.report;

import java.time.Instant;
import java.util.List;

/**
 * A report of the selector that judges a run.
 *
 * @param at time of the report
 * @param examples size of the training set, before any diet
 * @param fingerprint of the dataset
 * @param epoch the running epoch, from 1
 * @param batch number of its batches judged so far
 * @param epochs the previous epoch, if this selector judged it, and the running one
 * @param lastBatches in order; empty if batches are larger than 4,096 examples
 * @param historyBefore losses before the first of these batches in nats, oldest first; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, never changed.
public record RunReport(
        String runId,
        long attempt,
        Instant at,
        long seed,
        int examples,
        String fingerprint,
        int epoch,
        int batch,
        List<EpochReport> epochs,
        List<LastBatch> lastBatches,
        float[] historyBefore) {

    public RunReport {
        epochs = List.copyOf(epochs);
        lastBatches = List.copyOf(lastBatches);
    }
}
