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
 * @param epochs the previous epoch, if this selector judged it, and the running one; if neither had a selection pass, the last that had
 *     one takes the place of the previous
 * @param lastBatches in order: the last ones, and before them the last with losses if these have none; empty if batches are larger than
 *     4,096 examples
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

    /** Returns the report with the batches that had a selection pass only; the same if there are none. */
    RunReport withLosses() {
        List<LastBatch> with = lastBatches.stream().filter(LastBatch::hasLosses).toList();
        return with.isEmpty() ? this : with(with);
    }

    /** Returns the report with the last batches only, without those that are kept for their losses. */
    RunReport newest() {
        int from = lastBatches.size();
        int examples = 0;
        while (from > 0
                && lastBatches.size() - from < RunFigures.MOST_BATCHES
                && examples + lastBatches.get(from - 1).size() <= RunFigures.MOST_EXAMPLES) {
            from--;
            examples += lastBatches.get(from).size();
        }
        return with(lastBatches.subList(from, lastBatches.size()));
    }

    private RunReport with(List<LastBatch> batches) {
        return new RunReport(
                runId, attempt, at, seed, examples, fingerprint, epoch, batch, epochs, batches, historyBefore);
    }
}
