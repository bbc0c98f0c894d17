package org.dietsb.selector.policy;

/**
 * Batch loss score, BLS (Zhou et al., CVPR 2026, arXiv 2604.04681): a score in place of an example's loss, for trainers that have no more than the mean
 * loss of a step. A step moves the scores of its examples towards that mean, {@code s = a s + (1 - a) mean}; a score begins at 0.
 */
public final class BatchLossScore {
    private BatchLossScore() {}

    /**
     * Returns the scores of the examples of a step after it, [B].
     *
     * @param before [B] their scores; NaN if they have none yet
     * @param losses [B] of the step, in nats
     * @param smoothing a, in [0, 1)
     */
    public static float[] after(float[] before, float[] losses, double smoothing) {
        double mean = InfoBatch.mean(losses.length, place -> losses[place]);
        float[] scores = new float[before.length];
        for (int place = 0; place < scores.length; place++) {
            double score = Float.isNaN(before[place]) ? 0 : before[place];
            scores[place] = (float) (smoothing * score + (1 - smoothing) * mean);
        }
        return scores;
    }
}
