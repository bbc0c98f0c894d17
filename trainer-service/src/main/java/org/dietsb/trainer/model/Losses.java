package org.dietsb.trainer.model;

import ai.djl.ndarray.NDArray;
import org.dietsb.trainer.loss.PassLosses;

/** Per-example losses and errors, computed with log-softmax, so that the logarithm of 0 is never taken. */
final class Losses {
    private Losses() {}

    /** Computes the cross-entropy of each example, in nats: logits [B, classes] and labels [B] give [B]. */
    static NDArray crossEntropy(NDArray logits, NDArray labels) {
        // Plus 0, so that a loss of 0 is not -0.
        return logits.logSoftmax(1)
                .gather(labels.expandDims(1), 1)
                .squeeze(1)
                .neg()
                .add(Scalars.of(logits.getManager(), 0));
    }

    /**
     * Fetches losses [B] from the device, and with them whether the label of each example has the highest logit, alone or with others:
     * fetching from a GPU waits for it.
     */
    static PassLosses fetch(NDArray losses, NDArray logits, NDArray labels) {
        NDArray correct = logits.gather(labels.expandDims(1), 1).squeeze(1).gte(logits.max(new int[] {1}));
        return PassLosses.apart(
                losses.concat(correct.toType(losses.getDataType(), false)).toFloatArray());
    }

    /** Computes the distance of each example's prediction from its label, [B], in [0, sqrt 2]. Sums in double. */
    static float[] errorNorms(NDArray logits, NDArray labels) {
        int classes = (int) logits.getShape().get(1);
        float[] logProbabilities = logits.logSoftmax(1).toFloatArray();
        long[] truth = labels.toLongArray();
        float[] norms = new float[truth.length];
        for (int i = 0; i < norms.length; i++) {
            double squares = 0;
            for (int c = 0; c < classes; c++) {
                double error = StrictMath.exp(logProbabilities[i * classes + c]) - (c == truth[i] ? 1 : 0);
                squares += error * error;
            }
            norms[i] = (float) Math.sqrt(squares);
        }
        return norms;
    }
}
