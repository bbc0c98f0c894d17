package org.dietsb.trainer.news;

import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.train.EpochFigures;
import org.jspecify.annotations.Nullable;

/**
 * Sums over the epochs of a run, which remain in memory when its epochs do not.
 *
 * @param seconds time of its epochs, without evaluation
 * @param backwardExamples example-passes of its steps
 * @param selectionExamples example-passes for selection only
 * @param maskTimeouts number of batches whose mask timed out
 * @param reached the cost of reaching the accuracy that the order names; null if it names none, or before
 */
public record Totals(
        double seconds,
        long backwardExamples,
        long selectionExamples,
        int maskTimeouts,
        @Nullable ReachedAccuracy reached) {

    /**
     * The cost of reaching the accuracy that the order names.
     *
     * @param epoch epoch after which it was first measured
     * @param seconds time of training, without evaluation
     * @param passes passes over the training set; a selection pass counts as a third of a trained one
     */
    public record ReachedAccuracy(int epoch, double seconds, double passes) {}

    /** Returns the sums of a run with its epochs. */
    static Totals of(Run run) {
        double seconds = 0;
        long backward = 0;
        long selection = 0;
        int timeouts = 0;
        double passes = 0;
        ReachedAccuracy reached = null;
        DatasetIdentity dataset = run.dataset();
        Double wanted = dataset == null ? null : run.order().stopAtAccuracy();
        for (EpochFigures epoch : run.epochs()) {
            seconds += epoch.seconds();
            backward += epoch.backwardExamples();
            selection += epoch.selectionExamples();
            timeouts += epoch.maskTimeouts();
            passes += dataset == null
                    ? 0
                    : (epoch.backwardExamples() + epoch.scaledSelectionExamples() / 3) / dataset.count();
            Double accuracy = epoch.accuracy();
            if (reached == null && wanted != null && accuracy != null && accuracy >= wanted) {
                reached = new ReachedAccuracy(epoch.epoch(), seconds, passes);
            }
        }
        return new Totals(seconds, backward, selection, timeouts, reached);
    }
}
