package org.dietsb.selector.policy;

/**
 * A batch to be judged.
 *
 * @param seed of the run
 * @param epoch from 1
 * @param batch from 0
 * @param size examples in it
 * @param losses [size] cross-entropy in nats, or none
 */
public record Batch(long seed, int epoch, int batch, int size, float[] losses) {

    /** Uniform in (0, 1), one of each example; streams of other names are independent. */
    double uniform(String stream, int place) {
        return RandomStream.uniform(stream, seed, epoch, batch, place);
    }
}
