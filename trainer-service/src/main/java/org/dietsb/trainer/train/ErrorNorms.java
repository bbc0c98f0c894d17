package org.dietsb.trainer.train;

/**
 * Error norms ||softmax(f(x)) - onehot(y)||_2 of a run's own training steps, summed per example: EL2N (Paul et al. 2021, arXiv
 * 2107.07075) without an ensemble, as a mean over the run's first epochs instead of over models. In contrast to the paper, images are
 * augmented, BatchNorm uses the statistics of the batch, and the network changes from step to step. Not thread-safe.
 */
public final class ErrorNorms {
    /** Norm of an example that was in no step: it counts as hardest, and is kept. */
    private static final float UNKNOWN = (float) Math.sqrt(2);

    private final double[] sums;
    private final int[] times;

    /** Starts at 0 for this many examples. */
    ErrorNorms(int examples) {
        this(new Sums(new double[examples], new int[examples]));
    }

    /** Restores saved sums. */
    ErrorNorms(Sums noted) {
        this.sums = noted.sums.clone();
        this.times = noted.times.clone();
    }

    /**
     * The sums, as they are saved.
     *
     * @param sums [N] sum of each example's norms, in double
     * @param times [N] number of its norms
     */
    public record Sums(double[] sums, int[] times) {
        public Sums {
            if (sums.length != times.length) {
                throw new IllegalArgumentException(sums.length + " sums for " + times.length + " examples");
            }
        }
    }

    Sums noted() {
        return new Sums(sums.clone(), times.clone());
    }

    /** Adds the norms [B] of a step, in [0, sqrt 2], of the examples with these indices. */
    void add(int[] indices, float[] norms) {
        for (int i = 0; i < indices.length; i++) {
            sums[indices[i]] += norms[i];
            times[indices[i]]++;
        }
    }

    /** Returns the mean norm of each example [N]; sqrt 2 for an example that was in no step. */
    float[] means() {
        float[] means = new float[sums.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = times[i] == 0 ? UNKNOWN : (float) Math.min(sums[i] / times[i], UNKNOWN);
        }
        return means;
    }
}
