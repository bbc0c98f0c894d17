package org.dietsb.trainer.train;

import java.util.ArrayList;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Adds up an epoch while it runs. Sums in double. Trainer thread only. */
final class EpochTally {
    final int epoch;
    long seen;
    long selected;
    long steps;
    long backwardExamples;
    long selectionExamples;
    double trainLossSum;
    /** Of the last step slot. */
    double learningRate;

    double maskWaitSeconds;
    int maskTimeouts;
    private double seenLossSum;
    private double selectedLossSum;
    private long selectedWithLoss;
    private final TreeSet<Long> revisions = new TreeSet<>();

    EpochTally(int epoch) {
        this.epoch = epoch;
    }

    void announced(int examples, long revision, float @Nullable [] losses) {
        seen += examples;
        revisions.add(revision);
        if (losses != null) {
            selectionExamples += losses.length;
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
                backwardExamples == 0 ? 0 : trainLossSum / backwardExamples,
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
                evaluationSeconds);
    }
}
