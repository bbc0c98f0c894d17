package org.dietsb.scorer.el2n;

/** The norms that trainers must report, computed in double. */
public final class ReferenceNorm {
    private ReferenceNorm() {}

    /**
     * Returns the error norm of one prediction, by log-softmax, which no logit overflows.
     *
     * @param logits [classes]
     * @return in [0, sqrt 2]
     */
    public static double errorNorm(double[] logits, int label) {
        double[] logProbabilities = logSoftmax(logits);
        double squares = 0;
        for (int c = 0; c < logits.length; c++) {
            double error = StrictMath.exp(logProbabilities[c]) - (c == label ? 1 : 0);
            squares += error * error;
        }
        return Math.sqrt(squares);
    }

    /** Returns the cross-entropy of one prediction, in nats, by log-softmax. */
    public static double crossEntropy(double[] logits, int label) {
        return 0 - logSoftmax(logits)[label];
    }

    private static double[] logSoftmax(double[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += StrictMath.exp(logit - largest);
        }
        double logSum = largest + StrictMath.log(sum);
        double[] logProbabilities = new double[logits.length];
        for (int c = 0; c < logits.length; c++) {
            logProbabilities[c] = logits[c] - logSum;
        }
        return logProbabilities;
    }
}
