package org.dietsb.trainer.train;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sums up a running epoch, in double. Trainer thread only. */
public final class EpochTally {
    final int epoch;
    long seen;
    long selected;
    long steps;
    long backwardExamples;
    long selectionExamples;
    double trainLossSum;
    /** Learning rate of the last step slot. */
    double learningRate;

    /** Batch of the last step slot. */
    int batch;

    double selectionSeconds;
    double stepSeconds;
    double maskWaitSeconds;
    int maskTimeouts;
    /** Share of the examples kept by the diet that are in trained batches. */
    double share = 1;

    private double scaledSelectionExamples;
    private double seenLossSum;
    private double selectedLossSum;
    private long selectedWithLoss;
    private final TreeSet<Long> revisions = new TreeSet<>();

    /**
     * The sums of an epoch so far.
     *
     * @param seconds since it was opened
     */
    public record Sums(
            long seen,
            long selected,
            long steps,
            long backwardExamples,
            long selectionExamples,
            double trainLoss,
            double learningRate,
            double maskWaitSeconds,
            int maskTimeouts,
            double seenLoss,
            double selectedLoss,
            long selectedWithLoss,
            List<Long> revisions,
            double seconds,
            double selectionSeconds,
            double stepSeconds,
            double scaledSelectionExamples) {}

    EpochTally(int epoch) {
        this.epoch = epoch;
    }

    /** Restores the sums of a barrier. */
    EpochTally(int epoch, Sums sums) {
        this.epoch = epoch;
        seen = sums.seen;
        selected = sums.selected;
        steps = sums.steps;
        backwardExamples = sums.backwardExamples;
        selectionExamples = sums.selectionExamples;
        trainLossSum = sums.trainLoss;
        learningRate = sums.learningRate;
        maskWaitSeconds = sums.maskWaitSeconds;
        maskTimeouts = sums.maskTimeouts;
        seenLossSum = sums.seenLoss;
        selectedLossSum = sums.selectedLoss;
        selectedWithLoss = sums.selectedWithLoss;
        revisions.addAll(sums.revisions);
        selectionSeconds = sums.selectionSeconds;
        stepSeconds = sums.stepSeconds;
        scaledSelectionExamples = sums.scaledSelectionExamples;
    }

    Sums sums(double seconds) {
        return new Sums(
                seen,
                selected,
                steps,
                backwardExamples,
                selectionExamples,
                trainLossSum,
                learningRate,
                maskWaitSeconds,
                maskTimeouts,
                seenLossSum,
                selectedLossSum,
                selectedWithLoss,
                List.copyOf(revisions),
                seconds,
                selectionSeconds,
                stepSeconds,
                scaledSelectionExamples);
    }

    /**
     * Adds an announced batch.
     *
     * @param losses of its selection pass; null without one
     * @param scale of that pass
     */
    void announced(int examples, long revision, float @Nullable [] losses, double scale) {
        seen += examples;
        revisions.add(revision);
        if (losses != null) {
            selectionExamples += losses.length;
            scaledSelectionExamples += losses.length * scale * scale;
            for (float loss : losses) {
                seenLossSum += loss;
            }
        }
    }

    void selected(int[] places, float @Nullable [] losses) {
        selected += places.length;
        if (losses != null) {
            selectedWithLoss += places.length;
            for (int place : places) {
                selectedLossSum += losses[place];
            }
        }
    }

    void stepped(float[] losses) {
        steps++;
        backwardExamples += losses.length;
        for (float loss : losses) {
            trainLossSum += loss;
        }
    }

    EpochFigures figures(double seconds, @Nullable Double accuracy, double evaluationSeconds) {
        return new EpochFigures(
                epoch,
                accuracy,
                backwardExamples == 0 ? null : Double.valueOf(trainLossSum / backwardExamples),
                learningRate,
                seconds,
                seen,
                selected,
                steps,
                backwardExamples,
                selectionExamples,
                selectionExamples == 0 ? null : Double.valueOf(seenLossSum / selectionExamples),
                selectedWithLoss == 0 ? null : Double.valueOf(selectedLossSum / selectedWithLoss),
                maskWaitSeconds,
                maskTimeouts,
                new ArrayList<>(revisions),
                evaluationSeconds,
                selectionSeconds,
                stepSeconds,
                scaledSelectionExamples,
                share);
    }
}
