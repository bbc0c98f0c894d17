package org.dietsb.trainer.train;

/**
 * Error norms ||softmax(f(x)) - onehot(y)||_2 of a run's own training steps, added up by example: EL2N (Paul et al. 2021, arXiv
 * 2107.07075) without an ensemble, as a mean over the run's first epochs instead of over models. Unlike there, images are augmented,
 * BatchNorm sees the batch, and the network changes from step to step. Not thread-safe.
 */
public final class ErrorNorms {
    /** What an example has that was in no step: it counts as the hardest, and stays. */
    private static final float UNKNOWN = (float) Math.sqrt(2);

    private final double[] sums;
    private final int[] times;

    /** Of so many examples, none of which was in a step yet. */
    ErrorNorms(int examples) {
        this(new Sums(new double[examples], new int[examples]));
    }

    /** As they were noted down. */
    ErrorNorms(Sums noted) {
        this.sums = noted.sums.clone();
        this.times = noted.times.clone();
    }

    /**
     * Noted down.
     *
     * @param sums [N] of each example's norms, in double
     * @param times [N] how many that are
     */
    public record Sums(double[] sums, int[] times) {
        public Sums {
            if (sums.length != times.length) {
                throw new IllegalArgumentException(sums.length + " sums of " + times.length + " examples");
            }
        }
    }

    Sums noted() {
        return new Sums(sums.clone(), times.clone());
    }

    /** Adds those of a step: norms [B], in [0, sqrt 2], of the examples with these indices. */
    void add(int[] indices, float[] norms) {
        for (int i = 0; i < indices.length; i++) {
            sums[indices[i]] += norms[i];
            times[indices[i]]++;
        }
    }

    /** Mean of each example [N]; sqrt 2 where it was in no step. */
    float[] means() {
        float[] means = new float[sums.length];
        for (int i = 0; i < means.length; i++) {
            means[i] = times[i] == 0 ? UNKNOWN : (float) Math.min(sums[i] / times[i], UNKNOWN);
        }
        return means;
    }
}
