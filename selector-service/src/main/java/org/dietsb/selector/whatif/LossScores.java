package org.dietsb.selector.whatif;

import java.util.Arrays;
import java.util.BitSet;
import org.dietsb.contracts.Label;
import org.dietsb.selector.history.LossEpoch;

/**
 * Scores of examples by their losses in each epoch of a run: no forward pass besides those of the training. With cross-entropy, the
 * probability of the true class is {@code p = exp(-loss)}. Where an epoch has no loss of an example, the last known one stands for it.
 * Pure; one thread.
 */
final class LossScores {
    /** Epochs of a window, J in both papers. */
    static final int WINDOW = 10;

    private final Method method;
    /** [examples] of the epochs so far: sums of losses, or of the figures of windows. */
    private final double[] sums;

    private final float[] last;
    /** Examples that were classified correctly at last, and those that ever were. */
    private final BitSet known = new BitSet();

    private final BitSet learnt = new BitSet();
    /** Examples of which it was told whether they were classified correctly. */
    private final BitSet classified = new BitSet();

    /** [WINDOW][examples] p of the last epochs; allocated for the methods that use it. */
    private final float[][] recent;

    private int epochs;
    /** Losses of which it was not told whether the example was classified correctly. */
    private long unclassified;

    /** How losses become a score; high = hard, or informative. */
    enum Method {
        /**
         * Mean over all windows of J epochs of the deviation of p times (1 - mean of p) (Cho et al. 2025, arXiv 2502.06905, section 3).
         * The deviation is the square root of the sum of squares over J - 1. The authors take 30 epochs and scale by 10, which does not
         * change the order.
         */
        DUAL,
        /** Mean over all windows of J epochs of the deviation of p (He et al. 2024, arXiv 2306.05175, section 3). */
        DYNAMIC_UNCERTAINTY,
        /** Mean loss, in nats. */
        MEAN_LOSS,
        /** Loss of the last epoch, in nats. */
        LAST_LOSS,
        /**
         * Number of times that an example was classified correctly, and wrongly when it was next classified; of an example that was
         * never classified correctly, the number of epochs, which is above all others (Toneva et al. 2019, arXiv 1812.05159, section 2).
         */
        FORGETTING;

        /** Whether it compares the epochs of a window. */
        boolean hasWindows() {
            return this == DUAL || this == DYNAMIC_UNCERTAINTY;
        }

        @Override
        public String toString() {
            return Label.of(this);
        }
    }

    /** Creates the scores of so many examples after no epoch. */
    LossScores(Method method, int examples) {
        this.method = method;
        this.sums = new double[examples];
        this.last = new float[examples];
        Arrays.fill(last, Float.NaN);
        this.recent = method.hasWindows() ? new float[WINDOW][examples] : new float[0][];
    }

    /** Takes in the next epoch. */
    void add(LossEpoch epoch) {
        if (method == Method.FORGETTING) {
            classify(epoch);
        } else {
            add(epoch.losses());
        }
        epochs++;
        if (method.hasWindows() && epochs >= WINDOW) {
            for (int i = 0; i < last.length; i++) {
                sums[i] += ofWindow(i);
            }
        }
    }

    private void classify(LossEpoch epoch) {
        for (int i = 0; i < epoch.losses().length; i++) {
            unclassified += Float.isNaN(epoch.losses()[i]) || epoch.classified().get(i) ? 0 : 1;
        }
        BitSet forgotten = (BitSet) epoch.classified().clone();
        forgotten.andNot(epoch.correct());
        forgotten.and(known);
        forgotten.stream().forEach(example -> sums[example]++);
        known.andNot(epoch.classified());
        known.or(epoch.correct());
        learnt.or(epoch.correct());
        classified.or(epoch.classified());
    }

    private void add(float[] losses) {
        for (int i = 0; i < last.length; i++) {
            last[i] = Float.isNaN(losses[i]) ? last[i] : losses[i];
            if (method.hasWindows()) {
                recent[epochs % WINDOW][i] = (float) Math.exp(-last[i]);
            } else {
                sums[i] += last[i];
            }
        }
    }

    private double ofWindow(int example) {
        double sum = 0;
        for (float[] epoch : recent) {
            sum += epoch[example];
        }
        double mean = sum / WINDOW;
        double squares = 0;
        for (float[] epoch : recent) {
            squares += (epoch[example] - mean) * (epoch[example] - mean);
        }
        double deviation = Math.sqrt(squares / (WINDOW - 1));
        return method == Method.DUAL ? deviation * (1 - mean) : deviation;
    }

    /** Number of epochs so far. */
    int epochs() {
        return epochs;
    }

    /**
     * Returns the scores, [examples].
     *
     * @throws IllegalArgumentException if there are too few epochs, or examples whose loss is not known from the first epoch on
     */
    float[] scores() {
        int least = method.hasWindows() ? WINDOW : method == Method.FORGETTING ? 2 : 1;
        if (epochs < least) {
            throw new IllegalArgumentException(method + " needs " + least + " epochs or more, the run has " + epochs);
        }
        return method == Method.FORGETTING ? forgetting() : byLosses();
    }

    private float[] forgetting() {
        if (unclassified > 0) {
            throw new IllegalArgumentException("the run reported " + unclassified
                    + " losses without whether the example was classified correctly: " + Method.FORGETTING
                    + " needs it with each loss");
        }
        int unknown = last.length - classified.cardinality();
        if (unknown > 0) {
            throw new IllegalArgumentException(
                    "the run reported no loss of " + unknown + " of " + last.length + " examples");
        }
        float[] scores = new float[last.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = learnt.get(i) ? (float) sums[i] : epochs;
        }
        return scores;
    }

    private float[] byLosses() {
        float[] scores = new float[last.length];
        int unknown = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float)
                    (method == Method.LAST_LOSS
                            ? last[i]
                            : sums[i] / (method.hasWindows() ? epochs - WINDOW + 1 : epochs));
            unknown += Float.isNaN(scores[i]) ? 1 : 0;
        }
        if (unknown > 0) {
            throw new IllegalArgumentException(
                    "the run reported no loss in its first epoch of " + unknown + " of " + scores.length + " examples");
        }
        return scores;
    }
}
