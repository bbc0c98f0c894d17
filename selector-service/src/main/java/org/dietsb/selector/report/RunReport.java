package org.dietsb.selector.report;

import java.time.Instant;
import java.util.List;

/**
 * What the selector that judges a run last told of it.
 *
 * @param at when it was told
 * @param examples of the training set, before any diet
 * @param fingerprint of its dataset
 * @param epoch the running one, from 1
 * @param batch how many of its batches were judged
 * @param epochs the last one, if that selector judged it, and the running one
 * @param lastBatches in order; none where batches are larger than 4,096 examples
 * @param historyBefore losses before the first of these in nats, the oldest first; never changed
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
